import type pg from 'pg';
import type { Log } from '../../event-sourcing/log.js';
import { faultOf } from '../../event-sourcing/fault.js';
import { PostgresClient } from './postgres-client.js';
import { connectionSettings } from './postgres-settings.js';
import { cutWhenSilent } from './postgres-silence.js';

const RECONNECT_FIRST_MS = 100;
const RECONNECT_MOST_MS = 5_000;
/** A connection that brings nothing may be one that nobody speaks on any more: it is asked. */
const ASKED_EVERY_MS = 5_000;

/** Word of commits by other processes, on a connection of its own that is made anew where it breaks. */
export class PostgresNews {
  private client: PostgresClient | undefined;
  private closed = false;
  private pause = RECONNECT_FIRST_MS;
  private timer: NodeJS.Timeout | undefined;
  private asking: NodeJS.Timeout | undefined;
  /** Something was committed, or may have been, since it was last asked for. */
  private heard = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly url: string,
    /** Whose commits, by the schema they are in. */
    private readonly schema: string,
    private readonly log: Log,
    private readonly askedEveryMs = ASKED_EVERY_MS,
  ) {}

  /** Listens from now on. */
  listen(): void {
    const client = new PostgresClient(connectionSettings(this.url, { withinMs: this.askedEveryMs }));
    cutWhenSilent(client, this.askedEveryMs);
    this.client = client;
    client.on('notification', () => {
      this.tell();
    });
    let ended = false;
    const again = (error?: unknown): void => {
      if (ended || this.closed) return;
      ended = true;
      clearInterval(this.asking);
      this.log.warn({ fault: faultOf(error ?? 'it was ended') }, 'commits are not heard of; listening again');
      client.end().catch(() => undefined);
      this.timer = setTimeout(() => {
        this.listen();
      }, this.pause);
      this.pause = Math.min(this.pause * 2, RECONNECT_MOST_MS);
    };
    client.on('error', again).on('end', again);
    client
      .connect()
      .then(() => client.query(`listen ${client.escapeIdentifier(this.schema)}`))
      .then(() => {
        this.pause = RECONNECT_FIRST_MS;
        this.tell(); // what was said meanwhile was not heard
        if (!ended && !this.closed) this.ask(client, again);
      })
      .catch(again);
  }

  private ask(client: pg.Client, lost: (error: unknown) => void): void {
    this.asking = setInterval(() => {
      client.query('select 1').catch(lost);
    }, this.askedEveryMs);
  }

  /** Resolves once something was committed since the last time, or after so many milliseconds, or when told to stop. */
  async next(withinMs: number, signal: AbortSignal): Promise<void> {
    if (!this.heard && !signal.aborted)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, withinMs);
        signal.addEventListener('abort', done);
        this.wake = done;
      });
    this.heard = false;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.asking);
    await this.client?.end().catch(() => undefined);
  }

  private tell(): void {
    this.heard = true;
    this.wake();
  }
}
