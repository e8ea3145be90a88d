import type { AnyCatalogue, Upcasters } from '../../event-sourcing/catalogue.js';
import { EventStoreUnavailable } from '../../event-sourcing/errors.js';
import {
  type Appended,
  type Delivery,
  EventStore,
  type NewEvent,
  type StreamPrefixes,
} from '../../event-sourcing/event-store.js';
import { NO_STREAM, type Position, type Recorded, type Revision } from '../../event-sourcing/fact.js';
import { Appends } from './appends.js';
import { openClient } from './client.js';
import { Codec } from './codec.js';
import { checkConnectionString } from './connection-string.js';
import { ConsumerGroupsDb } from './consumer-groups-db.js';
import { refuseDebugOutput } from './debug-output.js';
import { positionOf } from './decode.js';
import { locate } from './locate.js';
import { LogBacklog } from './log-backlog.js';
import type { Log as Logger } from '../../event-sourcing/log.js';
import { ReadConnection } from './read-connection.js';
import { Reads } from './reads.js';
import { refusalIn } from './refusal.js';
import { defaultLimits, defaultTimings, type Limits, type Timings } from './settings.js';
import { type SubscribingWith, Subscription } from './subscription.js';
import type { AppendsState } from './unsettled.js';

export type Options = Readonly<{
  /** `esdb://…`, credentials included. */
  url: string;
  catalogue: AnyCatalogue;
  upcasters: Upcasters;
  logger: Logger;
  timings?: Partial<Timings>;
  limits?: Partial<Limits>;
}>;

/**
 * Opens the event store. Nothing is sent yet: `ready` asks whether it answers.
 *
 * @throws Error for an address or an environment that would lead to wrong answers or leaked credentials, and where this
 * process has one open already
 */
export function connectEventStore(options: Options): EventStoreDb {
  checkConnectionString(options.url);
  refuseDebugOutput(process.env);
  // Only to see that one can be opened: later on there is nobody to tell.
  openClient(options.url);
  return new EventStoreDb(options);
}

/** The log on EventStoreDB, or whatever speaks its protocol. */
export class EventStoreDb extends EventStore {
  /** Groups of consumers of this log, over the same connection as reads. */
  readonly consumerGroups: ConsumerGroupsDb;
  readonly backlog: LogBacklog;
  private readonly codec: Codec;
  private readonly connection: ReadConnection;
  private readonly reads: Reads;
  private readonly appends: Appends;
  private readonly subscribing: SubscribingWith;
  private readonly timings: Timings;
  private readonly limits: Limits;
  private readonly closing = new AbortController();
  private subscriptions = 0;
  private closed: Promise<void> | undefined;

  constructor({ url, catalogue, upcasters, timings, limits, logger }: Options) {
    super();
    this.timings = { ...defaultTimings, ...timings };
    this.limits = { ...defaultLimits, ...limits };
    this.codec = new Codec(catalogue, upcasters, this.limits.appendBytes);
    this.connection = new ReadConnection(url, logger);
    this.reads = new Reads(this.connection, this.timings, this.limits);
    const { connection, reads, codec } = this;
    this.backlog = new LogBacklog(reads);
    this.consumerGroups = new ConsumerGroupsDb(connection, reads, this.timings);
    this.subscribing = { connection, reads, codec, timings: this.timings, limits: this.limits, logger };
    this.appends = new Appends(url, this.timings, this.limits, (job) => locate(this.reads, job), logger);
  }

  /** Waits until the store answers; @throws EventStoreUnavailable after `ms`, or at once where it will not have us. */
  async ready(ms: number): Promise<void> {
    await this.appends.ready(ms);
    // What it can do it may tell anybody; what it holds it does not.
    await this.head().catch((error: unknown) => {
      const refusal = refusalIn(error instanceof Error ? error.cause : undefined);
      if (refusal !== undefined) throw new EventStoreUnavailable(refusal);
    });
  }

  /** Appends under way at this moment, and what became of those once in doubt. */
  get appending(): AppendsState {
    return this.appends.state;
  }

  override async append(stream: string, expected: Revision, events: readonly NewEvent[]): Promise<Appended> {
    this.refuseWhenClosed();
    if (!stream || stream.startsWith('$'))
      throw new TypeError(`no stream of ours can be called ${stream || 'nothing'}`);
    if (expected < NO_STREAM) throw new TypeError(`no stream stands at revision ${expected.toString()}`);
    return this.appends.append(stream, expected, this.codec.encode(events));
  }

  override async *read(stream: string, from: Revision): AsyncGenerator<Recorded, void> {
    this.refuseWhenClosed();
    for await (const stored of this.reads.stream(stream, from)) yield this.codec.decode(stored);
  }

  override async *subscribe(
    streams: StreamPrefixes,
    after: Position | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Delivery, void> {
    this.refuseWhenClosed();
    // A real server serves 100 calls on a connection and lets the next one wait without a word.
    if (this.subscriptions >= this.limits.subscriptions)
      throw new Error(`more than ${this.limits.subscriptions} subscriptions; let one serve many inside the process`);
    this.subscriptions++;
    try {
      const either = AbortSignal.any([signal, this.closing.signal]);
      yield* new Subscription(this.subscribing, streams, after, either).deliveries();
    } finally {
      this.subscriptions--;
    }
  }

  override async head(): Promise<Position | undefined> {
    this.refuseWhenClosed();
    for await (const stored of this.reads.newest(1)) return positionOf(stored);
    return undefined;
  }

  override close(): Promise<void> {
    this.closed ??= this.shut();
    return this.closed;
  }

  // Appends first, with reads still at hand to settle those in doubt.
  private async shut(): Promise<void> {
    this.closing.abort();
    await this.appends.close();
    this.reads.close();
    this.connection.close();
  }

  private refuseWhenClosed(): void {
    if (this.closed) throw new EventStoreUnavailable('the event store connection is closed');
  }
}
