import { type IncomingMessage, request } from 'node:http';
import { eventually } from './load.js';
import { type ServerSentEvent, ServerSentEvents } from './server-sent-events.js';
import type { ServiceUnderTest } from './service.js';

type Options = Readonly<{ query?: string; headers?: Readonly<Record<string, string>>; key?: string }>;

/** A client of the feed on a connection of its own: what it was sent, and how that ended. */
export class Follower {
  readonly received = new ServerSentEvents();
  /** How the stream ended: `end` as an answer does, `cut` in the middle; undefined while it goes on. */
  over: 'end' | 'cut' | undefined;

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8').on('data', (text: string) => {
      this.received.feed(text);
    });
    response.once('end', () => (this.over ??= 'end'));
    response.on('error', () => (this.over ??= 'cut'));
    response.once('close', () => (this.over ??= 'cut'));
  }

  /** Rejects where there is no connection, or the answer is not a stream. */
  static open(service: ServiceUnderTest, { query = '', headers = {}, key }: Options = {}): Promise<Follower> {
    const authorization = `Bearer ${key ?? service.admin.api_key}`;
    return new Promise((resolve, reject) => {
      const asked = request(`${service.baseUrl}/v2/user-events${query}`, {
        agent: false,
        headers: { accept: 'text/event-stream', authorization, ...headers },
      });
      asked.once('error', reject);
      asked.once('response', (response) => {
        if (response.statusCode === 200) resolve(new Follower(response));
        else reject(new Error(`answered with ${String(response.statusCode)}`));
        asked.on('error', () => undefined);
      });
      asked.end();
    });
  }

  get headers(): IncomingMessage['headers'] {
    return this.response.headers;
  }

  /** The user events among what came. */
  get events(): readonly ServerSentEvent[] {
    return this.received.events.filter(({ type }) => type !== 'caught-up');
  }

  get caughtUp(): boolean {
    return this.received.events.some(({ type }) => type === 'caught-up');
  }

  async until(what: string, holds: (follower: this) => boolean, withinMs = 10_000): Promise<this> {
    await eventually(what, () => holds(this) || this.over !== undefined, withinMs);
    if (!holds(this)) throw new Error(`the stream is over (${String(this.over)}), and not: ${what}`);
    return this;
  }

  /** Resolves to how the server ended it. */
  async ended(withinMs = 10_000): Promise<'end' | 'cut' | undefined> {
    await eventually('the stream ends', () => this.over !== undefined, withinMs);
    return this.over;
  }

  /** Takes nothing more off the connection. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  close(): void {
    this.response.destroy();
  }
}
