import type { AnyCatalogue } from '../../event-sourcing/catalogue.js';
import { CommandInProgress } from '../../event-sourcing/errors.js';
import type { NewEvent } from '../../event-sourcing/event-store.js';
import type { AnyFact, Context, Position, Revision } from '../../event-sourcing/fact.js';
import type { Aggregate, Committed, Decide } from '../../event-sourcing/streams.js';
import type { History } from './history.js';
import { stamp } from './stamp.js';

/** A command in the queue of its stream, and whoever waits for its end. */
export type Queued<State, E extends AnyFact> = Readonly<{
  decide: Decide<State, E>;
  context: Context;
  resolve: (committed: Committed) => void;
  reject: (why: unknown) => void;
}>;

/**
 * What a group of commands comes to if the stream still stands where `history` ends: each is decided on what those
 * before it leave behind. Nothing of it is true, and nobody is told, before the events are stored.
 */
export class Draft<State, E extends AnyFact> {
  readonly events: NewEvent<E>[] = [];
  private state: State | undefined;
  private revision: Revision;
  private readonly ids = new Set<string>();
  private readonly tellings: ((position: Position) => void)[] = [];

  constructor(
    private readonly aggregate: Aggregate<State, E>,
    private readonly history: History<State, E>,
    private readonly catalogue: AnyCatalogue,
    private readonly now: Date,
  ) {
    ({ state: this.state, revision: this.revision } = history);
  }

  /** Whether anybody waits for the store to confirm where the stream stands. */
  get open(): boolean {
    return this.tellings.length > 0;
  }

  /** Decides one more command. What is in the log already is told at once. */
  add(command: Queued<State, E>): void {
    const { context, resolve, reject } = command;
    try {
      const repeated = this.history.find(context);
      if (repeated) {
        resolve(repeated);
        return;
      }
      if (this.ids.has(context.commandId)) throw new CommandInProgress();
    } catch (known) {
      reject(known);
      return;
    }
    this.ids.add(context.commandId);
    this.tellings.push(this.decide(command));
  }

  /** Tells everyone how their command ended, now that the stream is known to stand where this draft leaves it. */
  tell(position: Position): void {
    for (const telling of this.tellings) telling(position);
  }

  private decide({ decide, context, resolve, reject }: Queued<State, E>): (position: Position) => void {
    let facts: readonly E[];
    let events: readonly NewEvent<E>[];
    try {
      facts = decide({ state: this.state, revision: this.revision });
      events = stamp(facts, context, this.catalogue, this.now);
    } catch (refusal) {
      return () => {
        reject(refusal);
      };
    }
    for (const event of events) this.state = this.aggregate.evolve(this.state, event);
    this.events.push(...events);
    this.revision += BigInt(events.length);
    const outcome = events.length > 0 ? 'changed' : 'unchanged';
    const revision = this.revision;
    return (position) => {
      resolve({ outcome, revision, position });
    };
  }
}
