import { LRUCache } from 'lru-cache';
import type { AnyCatalogue } from '../../event-sourcing/catalogue.js';
import type { Clock } from '../../event-sourcing/clock.js';
import { EventTooLarge, OutcomeUnknown, WrongExpectedRevision } from '../../event-sourcing/errors.js';
import type { EventStore } from '../../event-sourcing/event-store.js';
import type { AnyFact, Context, Position } from '../../event-sourcing/fact.js';
import { type Aggregate, type Committed, type Decide, Streams } from '../../event-sourcing/streams.js';
import { CommandQueue } from './command-queue.js';
import { Draft, type Queued } from './draft.js';
import { History } from './history.js';

/** How often a command is decided anew when writers elsewhere come first. */
const DECISIONS = 4;
/** Streams whose state is remembered. A hot one is not read again: the client reads only some thousand events a second. */
const REMEMBERED_STREAMS = 20_000;

/**
 * The streams of one aggregate in the event store. What it remembers is safe to use stale: the append then fails.
 * Commands that wait for one stream are decided together and appended as one (docs/decisions/0004).
 */
export class AggregateStreams<State, E extends AnyFact> extends Streams<State, E> {
  /** Groups of commands decided on a remembered state, or on one read first; and decided anew, for another writer came first. */
  readonly counts = { remembered: 0, read: 0, redecided: 0 };
  private readonly queue = new CommandQueue<Queued<State, E>>((stream, group) => this.carryOut(stream, group));
  private readonly remembered = new LRUCache<string, History<State, E>>({ max: REMEMBERED_STREAMS });

  constructor(
    readonly aggregate: Aggregate<State, E>,
    private readonly store: EventStore,
    private readonly catalogue: AnyCatalogue,
    private readonly clock: Clock,
  ) {
    super();
  }

  override transact(id: string, decide: Decide<State, E>, context: Context): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.queue.add(`${this.aggregate.category}-${id}`, { decide, context, resolve, reject });
    });
  }

  /** Settles every command of the group. One that asks too much of an append is not to spoil the others'. */
  private async carryOut(stream: string, group: readonly Queued<State, E>[]): Promise<void> {
    try {
      await this.decideUntilAppended(stream, group);
    } catch (error) {
      if (error instanceof EventTooLarge && group.length > 1)
        for (const command of group) await this.carryOut(stream, [command]);
      else for (const { reject } of group) reject(error);
    }
  }

  private async decideUntilAppended(stream: string, group: readonly Queued<State, E>[]): Promise<void> {
    let history = this.remembered.get(stream);
    let remembered = history !== undefined;
    this.counts[remembered ? 'remembered' : 'read']++;
    for (let left = DECISIONS; ; left--) {
      history ??= await this.catchUp(stream, new History(this.aggregate));
      const draft = new Draft(this.aggregate, history, this.catalogue, this.clock.now());
      for (const command of group) draft.add(command);
      try {
        draft.tell(await this.append(stream, history, draft, remembered));
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || left === 1) throw error;
        this.counts.redecided++;
        await this.catchUp(stream, history);
        remembered = false;
      }
    }
  }

  /**
   * Stores what was drafted, and says up to where the stream is known now. Refusals and fulfilled wishes append
   * nothing that could fail on a state out of date; where the state is a remembered one, the store is therefore asked:
   * an append of no events checks the revision alone (docs/decisions/0003).
   */
  private async append(
    stream: string,
    history: History<State, E>,
    { events, open }: Draft<State, E>,
    remembered: boolean,
  ): Promise<Position> {
    if (!open || (events.length === 0 && !remembered)) return history.position;
    try {
      const { position } = await this.store.append(stream, history.revision, events);
      for (const event of events) history.add(event, event.meta, history.revision + 1n, position);
      return history.position;
    } catch (error) {
      // It may be stored after all: whatever is decided next must be decided on what the stream then says.
      if (error instanceof OutcomeUnknown) this.remembered.delete(stream);
      throw error;
    }
  }

  private async catchUp(stream: string, history: History<State, E>): Promise<History<State, E>> {
    this.remembered.delete(stream); // until it has caught up for good
    for await (const event of this.store.read(stream, history.revision + 1n))
      history.add(event as unknown as E, event.meta, event.revision, event.position);
    this.remembered.set(stream, history);
    return history;
  }
}
