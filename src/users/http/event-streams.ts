import { Injectable } from '@nestjs/common';
import { Overloaded } from '../../event-sourcing/errors.js';
import type { Position } from '../../event-sourcing/fact.js';
import { ProjectionProgress, type RowsByKey } from '../../event-sourcing/read-model.js';
import { FEED_TYPES, type UserEventEntry } from '../queries/find-user-events.handler.js';
import { auditEntry } from '../projections/audit-entry.chronicle.js';
import { apiKeyView } from '../projections/api-key-view.projection.js';
import { userView } from '../projections/user-view.projection.js';
import type { EventFrames, FeedFilter } from './event-frames.js';
import type { EventStream } from './event-stream.js';

const MOST_STREAMS = 4_000;
/** So that nobody takes all of them. */
const MOST_STREAMS_OF_A_KEY = 2_500;
const KEEP_ALIVE_MS = 15_000;

/** A client of the feed: which events, by whose key, and whether it may still have them. */
export type Client = Readonly<{
  stream: EventStream;
  filter: FeedFilter;
  userId: string;
  apiKeyId: string;
  mayStay: () => Promise<boolean>;
}>;

/** Clients of one account and filter, who get the same text; `after` of each: what it has had already. */
type Group = Readonly<{ filter: FeedFilter; frames: EventFrames; members: Map<Client, Position> }>;

/**
 * The clients of the feed, and what is new handed on to those who have read history. New events are those that the
 * projector has just committed: there is one subscription, its own, for any number of clients.
 */
@Injectable()
export class EventStreams {
  /** Events handed on to clients, each as often as there were clients; and clients dropped because they took too little. */
  readonly counts = { sent: 0, dropped: 0 };
  private readonly clients = new Set<Client>();
  private readonly groups = new Map<string, Group>();
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(private readonly progress: ProjectionProgress) {
    progress.onCommitted((table, rows) => {
      if (table === auditEntry.name) this.handOn(rows);
      if (table === userView.name) this.checkRights(({ userId }) => rows.has(userId));
      if (table === apiKeyView.name) this.checkRights(({ apiKeyId }) => rows.has(apiKeyId));
    });
  }

  /** How many clients there are, and how many of them get what is new. */
  get size(): Readonly<{ all: number; live: number }> {
    let live = 0;
    for (const { members } of this.groups.values()) live += members.size;
    return { all: this.clients.size, live };
  }

  /** @throws Overloaded there are too many, of all or of this key, or none is taken any more */
  admit(client: Client): void {
    if (this.ended || this.clients.size >= MOST_STREAMS || this.countOf(client.apiKeyId) >= MOST_STREAMS_OF_A_KEY)
      throw new Overloaded('too many clients read the feed');
    this.clients.add(client);
    this.timer ??= setInterval(() => {
      this.keepAlive();
    }, KEEP_ALIVE_MS);
  }

  /** From now on, hands on what comes after `after`. */
  goLive(client: Client, frames: EventFrames, after: Position): void {
    if (!this.clients.has(client)) return;
    const key = JSON.stringify(client.filter);
    const group = this.groups.get(key) ?? { filter: client.filter, frames, members: new Map<Client, Position>() };
    this.groups.set(key, group);
    group.members.set(client, after);
  }

  leave(client: Client): void {
    this.clients.delete(client);
    const key = JSON.stringify(client.filter);
    const group = this.groups.get(key);
    group?.members.delete(client);
    if (group?.members.size === 0) this.groups.delete(key);
    if (this.clients.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Ends every stream, and takes no more: clients go to another instance, or come back. */
  end(): void {
    this.ended = true;
    for (const client of [...this.clients]) this.dismiss(client);
  }

  private countOf(apiKeyId: string): number {
    let count = 0;
    for (const client of this.clients) if (client.apiKeyId === apiKeyId) count++;
    return count;
  }

  private handOn(rows: RowsByKey): void {
    if (this.groups.size === 0) return;
    const events = [...rows.values()] as unknown as UserEventEntry[];
    const told = events.filter(({ type }) => FEED_TYPES.includes(type));
    for (const group of this.groups.values()) {
      const { accountId, types } = group.filter;
      const theirs = told.filter((event) => event.accountId === accountId && (types?.includes(event.type) ?? true));
      if (theirs.length > 0) this.push(group, theirs);
    }
  }

  private push({ frames, members }: Group, events: readonly UserEventEntry[]): void {
    const first = events[0]?.position ?? 0n;
    const text = frames.events(events);
    for (const [client, after] of members) {
      const news = after < first ? events : events.filter(({ position }) => position > after);
      this.counts.sent += news.length;
      if (client.stream.push(news === events ? text : frames.events(news))) continue;
      this.counts.dropped++;
      this.leave(client);
    }
  }

  /**
   * Rights are checked as often, too, for a key may have expired. A client that has been further than this read model is
   * not sent back.
   */
  private keepAlive(): void {
    const { position } = this.progress;
    for (const { frames, members } of this.groups.values()) {
      const text = frames.keepAlive(position);
      for (const [client, after] of members)
        if (!client.stream.push(after > position ? frames.keepAlive(after) : text)) this.leave(client);
    }
    this.checkRights(() => true);
  }

  private checkRights(concerned: (client: Client) => boolean): void {
    for (const client of this.clients) if (concerned(client)) void this.checkRight(client);
  }

  private async checkRight(client: Client): Promise<void> {
    // Whoever remembers rights may be told of the commit after this: they forget first.
    await Promise.resolve();
    const stays = await client.mayStay().catch(() => false);
    if (!stays) this.dismiss(client);
  }

  private dismiss(client: Client): void {
    this.leave(client);
    client.stream.end();
  }
}
