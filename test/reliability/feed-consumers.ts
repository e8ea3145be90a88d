import { setTimeout as pause } from 'node:timers/promises';
import {
  type AllStreamResolvedEvent,
  EventStoreDBClient,
  type PersistentSubscriptionToStream,
  type Position,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { Follower } from '../support/follower.js';
import { eventually } from '../support/load.js';
import type { ServiceUnderTest } from '../support/service.js';

const COME_BACK_MS = 20;
const FOR_EVER_MS = 3_600_000;

/** What consumers consume from: another process after each crash. */
export type World = { service: ServiceUnderTest };

/** Consumes for as long as the test runs: whatever ends a connection, it comes back and goes on from where it was. */
export abstract class Consumer {
  /** The last few reasons for which connections ended, for whoever has to find out why something is missing. */
  readonly faults: string[] = [];
  protected stopping = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    protected readonly world: World,
    protected readonly random: () => number,
  ) {}

  start(): this {
    this.running = this.run();
    return this;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.disturb();
    await this.running;
  }

  /** Ends the connection, or holds it up. */
  abstract disturb(): void;
  /** How many events it has had, repeats not counted. */
  abstract get count(): number;
  /** Connects, and consumes until the connection is over. */
  protected abstract connection(): Promise<void>;

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.connection().catch((fault: unknown) => {
        this.faults.push(String(fault));
        this.faults.splice(0, this.faults.length - 5);
      });
      await pause(COME_BACK_MS);
    }
  }
}

/** Consumes events of some types over HTTP, each of them once. */
abstract class HttpConsumer extends Consumer {
  readonly seen: string[] = [];
  protected cursor: string | undefined;

  constructor(
    name: string,
    world: World,
    random: () => number,
    readonly types: readonly string[],
  ) {
    super(name, world, random);
  }

  override get count(): number {
    return this.seen.length;
  }

  protected query(more: Readonly<Record<string, string | undefined>> = {}): string {
    const query = new URLSearchParams(this.types.map((type): [string, string] => ['type', type]));
    for (const [name, value] of Object.entries(more)) if (value !== undefined) query.set(name, value);
    return `?${query.toString()}`;
  }
}

/** Follows server-sent events; comes back by header or parameter, as it happens. */
export class StreamConsumer extends HttpConsumer {
  private follower: Follower | undefined;
  private taken = 0;

  override disturb(): void {
    const { follower } = this;
    if (this.stopping || this.random() < 0.6) follower?.close();
    else {
      follower?.pause();
      setTimeout(() => follower?.resume(), this.random() * 200);
    }
  }

  override get count(): number {
    this.take();
    return super.count;
  }

  protected override async connection(): Promise<void> {
    const { cursor } = this;
    const byHeader = this.random() < 0.7;
    const headers: Record<string, string> = cursor !== undefined && byHeader ? { 'last-event-id': cursor } : {};
    const query = this.query({ after: byHeader ? undefined : cursor });
    const follower = await Follower.open(this.world.service, { query, headers });
    [this.follower, this.taken] = [follower, 0];
    await eventually('the stream is over', () => follower.over !== undefined || this.stopping, FOR_EVER_MS);
    this.take();
    follower.close();
  }

  /** What was dispatched was had; what was on its way when the connection ended was not. */
  private take(): void {
    if (!this.follower) return;
    const { events, received } = this.follower;
    for (const { data } of events.slice(this.taken)) this.seen.push((JSON.parse(data) as { id: string }).id);
    this.taken = events.length;
    if (received.lastEventId !== '') this.cursor = received.lastEventId;
  }
}

type Page = Readonly<{ events: { id: string }[]; pagination: { has_more: boolean; next_cursor: string } }>;

/** Asks for a page after another, of any size. */
export class PageConsumer extends HttpConsumer {
  private abort = new AbortController();

  override disturb(): void {
    this.abort.abort();
  }

  protected override async connection(): Promise<void> {
    this.abort = new AbortController();
    while (!this.stopping) {
      const limit = String(1 + Math.floor(this.random() * 100));
      const path = `/v2/user-events${this.query({ limit, after: this.cursor })}`;
      const answer = await this.world.service.request(path, { signal: this.abort.signal });
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
      const { events, pagination } = (await answer.json()) as Page;
      this.seen.push(...events.map(({ id }) => id));
      this.cursor = pagination.next_cursor;
      if (!pagination.has_more) await pause(this.random() * 50);
    }
  }
}

type Seen = Readonly<{ id: string; stream: string; revision: bigint }>;

/** Consumes with an EventStoreDB client, at least once. */
abstract class NativeConsumer extends Consumer {
  readonly seen: Seen[] = [];
  private readonly ids = new Set<string>();
  private end: (() => Promise<void>) | undefined;

  override get count(): number {
    return this.ids.size;
  }

  override disturb(): void {
    void this.end?.().catch(() => undefined);
  }

  protected override async connection(): Promise<void> {
    const client = EventStoreDBClient.connectionString(this.world.service.admin.eventstore_url);
    try {
      await this.consume(client, (end) => (this.end = end));
    } finally {
      this.end = undefined;
      await client.dispose();
    }
  }

  protected abstract consume(client: EventStoreDBClient, endBy: (end: () => Promise<void>) => void): Promise<void>;

  protected note(event: AllStreamResolvedEvent['event']): void {
    if (!event) return;
    this.seen.push({ id: event.id, stream: event.streamId, revision: event.revision });
    this.ids.add(event.id);
  }
}

/** Subscribes to the log, filtered, and keeps a checkpoint of its own, now and then. */
export class LogConsumer extends NativeConsumer {
  private checkpoint: Position | typeof START = START;

  protected override async consume(
    client: EventStoreDBClient,
    endBy: (end: () => Promise<void>) => void,
  ): Promise<void> {
    const filter = streamNameFilter({ prefixes: ['user-'] });
    const subscription = client.subscribeToAll({ fromPosition: this.checkpoint, filter });
    endBy(() => subscription.unsubscribe());
    for await (const { event } of subscription) {
      this.note(event);
      if (event && this.random() < 0.2) this.checkpoint = event.position;
    }
  }
}

/** A member of a group that consumes the category of users; handles each event, or refuses every one. */
export class GroupConsumer extends NativeConsumer {
  constructor(
    name: string,
    world: World,
    random: () => number,
    private readonly given: Readonly<{ group: string; refuses: boolean }>,
  ) {
    super(name, world, random);
  }

  protected override async consume(
    client: EventStoreDBClient,
    endBy: (end: () => Promise<void>) => void,
  ): Promise<void> {
    const { group, refuses } = this.given;
    const subscription: PersistentSubscriptionToStream = client.subscribeToPersistentSubscriptionToStream(
      '$ce-user',
      group,
    );
    endBy(() => subscription.unsubscribe());
    for await (const resolved of subscription) {
      this.note(resolved.event as AllStreamResolvedEvent['event']);
      if (refuses) await subscription.nack('retry', 'never', resolved);
      else await subscription.ack(resolved);
    }
  }
}
