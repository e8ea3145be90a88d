import type { EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreUnavailable } from '../../event-sourcing/errors.js';
import { Backoff } from './backoff.js';
import { letGo, openClient, probe } from './client.js';
import type { Log as Logger } from '../../event-sourcing/log.js';
import type { Timings } from './settings.js';
import { refusalIn } from './refusal.js';
import { within } from './within.js';

/**
 * The client keeps every append it waits for in one map for the whole process: an error on one client's call rejects
 * the appends of all, and an answer that then still comes to one of those ends the process. So one connection
 * appends, and its client is replaced as a whole: the old one is let go of before the new one exists.
 */
let appending: AppendConnection | undefined;

type Told = Readonly<{
  /** A client can be used. */
  ready: () => void;
  /** A client was let go of, with whatever it held. */
  gone: (client: EventStoreDBClient) => void;
}>;

export class AppendConnection {
  /** The client to append with, while there is a sound one. */
  client: EventStoreDBClient | undefined;
  /** Appends answered, whatever the answer. */
  answers = 0;
  private connecting = false;
  private work: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();
  private readonly backoff: Backoff;
  private waiting: ((refusal?: Error) => void)[] = [];

  constructor(
    private readonly url: string,
    private readonly timings: Timings,
    private readonly logger: Logger,
    private readonly tell: Told,
  ) {
    if (appending) throw new Error('this process already appends to an event store; close that connection first');
    appending = this; // eslint-disable-line @typescript-eslint/no-this-alias -- one for the process, see above
    this.backoff = new Backoff(timings.reconnectFirst, timings.reconnectMost);
  }

  /** Sees to it that there will be a client. */
  wake(): void {
    if (this.client || this.connecting || this.closing.signal.aborted) return;
    this.connecting = true;
    this.work = this.connect();
  }

  /** Resolves once the store has answered; rejects after `ms`, or at once where waiting would not help. */
  async ready(ms: number): Promise<void> {
    if (this.client) return;
    const answered = new Promise<void>((resolve, reject) => {
      this.waiting.push((refusal) => {
        if (refusal) reject(refusal);
        else resolve();
      });
    });
    this.wake();
    await within(ms, answered, () => new EventStoreUnavailable('the event store does not answer'));
  }

  answered(): void {
    this.answers++;
    this.backoff.reset();
  }

  /** Replaces `client`, unless that has been done. */
  lose(client: EventStoreDBClient): void {
    if (client !== this.client || this.closing.signal.aborted) return;
    this.client = undefined;
    this.logger.warn({}, 'the connection for appends is replaced');
    this.connecting = true;
    this.work = this.replace(client);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.work;
    const last = this.client;
    this.client = undefined;
    if (last) await this.discard(last);
    if (appending === this) appending = undefined;
  }

  private async replace(old: EventStoreDBClient): Promise<void> {
    await this.discard(old);
    await this.backoff.pause(this.closing.signal);
    await this.connect();
  }

  private async connect(): Promise<void> {
    while (!this.closing.signal.aborted) {
      if (await this.takesOneOn()) break;
      await this.backoff.pause(this.closing.signal);
    }
    this.connecting = false;
  }

  private async takesOneOn(): Promise<boolean> {
    let client: EventStoreDBClient | undefined;
    try {
      client = openClient(this.url);
      await probe(client, this.timings.probe);
    } catch (error) {
      this.logger.warn({ error: error instanceof Error ? error.message : error }, 'the event store does not answer');
      const refusal = refusalIn(error);
      if (refusal !== undefined) this.answerWaiting(new EventStoreUnavailable(refusal));
      if (client) await letGo(client);
      return false;
    }
    this.client = client;
    this.connecting = false;
    this.answerWaiting();
    this.tell.ready();
    return true;
  }

  private answerWaiting(refusal?: Error): void {
    for (const answer of this.waiting.splice(0)) answer(refusal);
  }

  private async discard(client: EventStoreDBClient): Promise<void> {
    await letGo(client);
    this.tell.gone(client);
  }
}
