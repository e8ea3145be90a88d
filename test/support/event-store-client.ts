import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const PROGRAM = resolve('test/support/event-store-client-process.mjs');

/** The libraries that a client may be made with; the second reads with one written in Rust. */
export type Library = 'eventstore' | 'kurrent';

/** An event as any client reads it. */
export type Seen = {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
};

export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;
type Edge = 'start' | 'end';
export type Direction = 'forwards' | 'backwards';
type Proposed = { readonly id: string; readonly type: string; readonly data: unknown };
export type Written = { readonly revision: bigint; readonly position: bigint };

/** What is subscribed to: a stream, the whole log, or all streams of a prefix there. */
export type Source =
  | { readonly kind: 'stream'; readonly stream: string }
  | { readonly kind: 'all' }
  | { readonly kind: 'filtered'; readonly prefix: string };

export const belongsTo = (source: Source, { stream }: { readonly stream: string }): boolean =>
  source.kind === 'all' || (source.kind === 'stream' ? source.stream === stream : stream.startsWith(source.prefix));

/** What a subscriber is told. */
export type Told = { readonly event: Seen } | { readonly caughtUp: true } | { readonly fault: string };

/** An error of the client's, by the type it gives it; what the stream was at is told of a conflict. */
export class Refused extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly current: bigint,
  ) {
    super(message);
  }
}

type Answer = { number: number; result?: unknown; error?: { type: string; message: string; current: bigint } };
type Message = { ready: true } | Answer | ({ subscription: number } & Told);
type Waiting = { readonly done: (result: unknown) => void; readonly failed: (error: Error) => void };

/** A client of an event store that runs in a process of its own. */
export class EventStoreClient {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<number, (told: Told) => void>();
  #count = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.on('message', (message: Message) => {
      this.#hear(message);
    });
    process.once('exit', () => {
      for (const { failed } of this.#waiting.values()) failed(new Error('the process of the client has ended'));
    });
  }

  static async start(library: Library, port: number): Promise<EventStoreClient> {
    const child = fork(PROGRAM, [library], { serialization: 'advanced', execArgv: [] });
    await once(child, 'message');
    const client = new EventStoreClient(child);
    await client.connect(port);
    return client;
  }

  /** Forgets the connection it had, and makes another. */
  async connect(port: number): Promise<void> {
    await this.#ask('connect', port);
  }

  append(stream: string, events: readonly Proposed[], expected: Expected): Promise<Written> {
    return this.#ask('append', { stream, events, expected });
  }

  setMetadata(stream: string, metadata: object): Promise<Pick<Written, 'position'>> {
    return this.#ask('setMetadata', stream, metadata);
  }

  delete(stream: string, expected: Expected): Promise<Pick<Written, 'position'>> {
    return this.#ask('delete', stream, expected);
  }

  tombstone(stream: string, expected: Expected): Promise<Pick<Written, 'position'>> {
    return this.#ask('tombstone', stream, expected);
  }

  readStream(
    stream: string,
    options: { direction?: Direction; fromRevision?: bigint | Edge; maxCount?: number } = {},
  ): Promise<Seen[]> {
    return this.#ask('readStream', stream, options);
  }

  readAll(options: { direction?: Direction; from?: bigint | Edge; maxCount?: number } = {}): Promise<Seen[]> {
    return this.#ask('readAll', { from: 'start', ...options });
  }

  /** Tells all that comes after a revision or position; what is returned pauses, resumes and ends it. */
  async subscribe(source: Source, after: bigint | Edge, listen: (told: Told) => void): Promise<RunningSubscription> {
    const id = ++this.#count;
    this.#listeners.set(id, listen);
    await this.#ask('subscribe', id, { source, after });
    return {
      pause: () => this.#ask('pause', id),
      resume: () => this.#ask('resume', id),
      end: async () => {
        await this.#ask('unsubscribe', id);
        this.#listeners.delete(id);
      },
    };
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.disconnect();
    await exit;
  }

  #ask<Result>(command: string, ...args: readonly unknown[]): Promise<Result> {
    const number = ++this.#count;
    const answer = new Promise<unknown>((done, failed) => this.#waiting.set(number, { done, failed }));
    this.#process.send({ number, command, args });
    return answer as Promise<Result>;
  }

  #hear(message: Message): void {
    if ('subscription' in message) this.#listeners.get(message.subscription)?.(message);
    if (!('number' in message)) return;
    const { number, result, error } = message;
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (error) waiting?.failed(new Refused(error.type, error.message, error.current));
    else waiting?.done(result);
  }
}

export type RunningSubscription = {
  pause(): Promise<void>;
  resume(): Promise<void>;
  end(): Promise<void>;
};
