import { LRUCache } from 'lru-cache';
import type { AnyCatalogue } from '../../event-sourcing/catalogue.js';
import type { Clock } from '../../event-sourcing/clock.js';
import { OutcomeUnknown, WrongExpectedRevision } from '../../event-sourcing/errors.js';
import type { EventStore } from '../../event-sourcing/event-store.js';
import type { AnyFact, Context } from '../../event-sourcing/fact.js';
import { type Aggregate, type Committed, type Decide, Streams } from '../../event-sourcing/streams.js';
import { CommandQueue } from './command-queue.js';
import { History } from './history.js';
import { stamp } from './stamp.js';

/** How often a command is decided anew when writers elsewhere come first. */
const DECISIONS = 4;
/** Streams whose state is remembered. A hot one is not read again: the client reads only some thousand events a second. */
const REMEMBERED_STREAMS = 20_000;

/** The streams of one aggregate in the event store. What it remembers is safe to use stale: the append then fails. */
export class AggregateStreams<State, E extends AnyFact> extends Streams<State, E> {
  private readonly queue = new CommandQueue();
  private readonly remembered = new LRUCache<string, History<State, E>>({ max: REMEMBERED_STREAMS });

  constructor(
    private readonly aggregate: Aggregate<State, E>,
    private readonly store: EventStore,
    private readonly catalogue: AnyCatalogue,
    private readonly clock: Clock,
  ) {
    super();
  }

  override transact(id: string, decide: Decide<State, E>, context: Context): Promise<Committed> {
    const stream = `${this.aggregate.category}-${id}`;
    return this.queue.run(stream, () => this.decideUntilAppended(stream, decide, context));
  }

  private async decideUntilAppended(stream: string, decide: Decide<State, E>, context: Context): Promise<Committed> {
    let history = this.remembered.get(stream);
    let remembered = history !== undefined;
    for (let left = DECISIONS; ; left--) {
      history ??= await this.catchUp(stream, new History(this.aggregate));
      const repeated = history.find(context);
      if (repeated) return repeated;
      try {
        const facts = await this.decide(stream, history, decide, remembered);
        return await this.append(stream, history, facts, context);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || left === 1) throw error;
        await this.catchUp(stream, history);
        remembered = false;
      }
    }
  }

  /**
   * A refusal, or a wish that is fulfilled already, appends nothing that could fail on a state out of date. Where the
   * state is a remembered one, the store is therefore asked first: an append of no events checks the revision alone.
   */
  private async decide(
    stream: string,
    history: History<State, E>,
    decide: Decide<State, E>,
    remembered: boolean,
  ): Promise<readonly E[]> {
    let facts: readonly E[] = [];
    let refusal: unknown;
    try {
      facts = decide(history);
    } catch (error) {
      refusal = error;
    }
    if (facts.length === 0 && remembered) await this.store.append(stream, history.revision, []);
    if (refusal !== undefined) throw refusal as Error;
    return facts;
  }

  private async append(
    stream: string,
    history: History<State, E>,
    facts: readonly E[],
    context: Context,
  ): Promise<Committed> {
    const { revision, position } = history;
    if (facts.length === 0) return { outcome: 'unchanged', revision, position };
    const events = stamp(facts, context, this.catalogue, this.clock.now());
    try {
      const appended = await this.store.append(stream, revision, events);
      for (const [i, event] of events.entries())
        history.add(event, event.meta, revision + BigInt(i + 1), appended.position);
      return { outcome: 'changed', ...appended };
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
