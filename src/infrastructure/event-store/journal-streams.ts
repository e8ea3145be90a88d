import { LRUCache } from 'lru-cache';
import type { AnyCatalogue } from '../../event-sourcing/catalogue.js';
import type { Clock } from '../../event-sourcing/clock.js';
import { WrongExpectedRevision } from '../../event-sourcing/errors.js';
import type { EventStore, NewEvent } from '../../event-sourcing/event-store.js';
import { type AnyFact, type Context, NO_STREAM, type Revision } from '../../event-sourcing/fact.js';
import { Journal } from '../../event-sourcing/journal.js';
import { CommandQueue } from './command-queue.js';
import { stamp } from './stamp.js';

/** How often an append is tried where writers elsewhere come first. */
const TRIES = 8;
const REMEMBERED_STREAMS = 10_000;

type Queued = Readonly<{ events: readonly NewEvent[]; resolve: () => void; reject: (why: unknown) => void }>;

/**
 * The streams of one journal. Where a stream ends is remembered, and learned from the refusal where another writer came
 * first. An expected revision is sent all the same: only with one does the store know a repeated append for certain.
 */
export class JournalStreams<E extends AnyFact> extends Journal<E> {
  private readonly ends = new LRUCache<string, Revision>({ max: REMEMBERED_STREAMS });
  private readonly queue = new CommandQueue<Queued>((stream, group) => this.write(stream, group));

  constructor(
    private readonly category: string,
    private readonly store: EventStore,
    private readonly catalogue: AnyCatalogue,
    private readonly clock: Clock,
  ) {
    super();
  }

  override add(id: string, facts: readonly E[], context: Context): Promise<void> {
    const events = stamp(facts, context, this.catalogue, this.clock.now());
    return new Promise((resolve, reject) => {
      this.queue.add(`${this.category}-${id}`, { events, resolve, reject });
    });
  }

  private async write(stream: string, group: readonly Queued[]): Promise<void> {
    try {
      const events = group.flatMap((each) => each.events);
      for (let left = TRIES; !(await this.append(stream, events, left === 1));) left--;
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  /** Whether it was appended; throws on the last try. */
  private async append(stream: string, events: readonly NewEvent[], last: boolean): Promise<boolean> {
    try {
      const { revision } = await this.store.append(stream, this.ends.get(stream) ?? NO_STREAM, events);
      this.ends.set(stream, revision);
      return true;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || error.actual === undefined || last) throw error;
      this.ends.set(stream, error.actual);
      return false;
    }
  }
}
