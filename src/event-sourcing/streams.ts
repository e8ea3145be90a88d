import type { AnyFact, Context, Position, Revision } from './fact.js';

/** How a stream of events becomes the state that decisions are made on. */
export type Aggregate<State, E extends AnyFact> = Readonly<{
  /** What comes before the dash in the stream's name: `user` for `user-<id>`. */
  category: string;
  evolve: (state: State | undefined, event: E) => State;
}>;

/** What a decision is made on: the state, and the revision it stands at. */
export type Current<State> = Readonly<{ state: State | undefined; revision: Revision }>;

/** Says what happens next, or throws why not. Pure: it may be asked again on newer state. */
export type Decide<State, E extends AnyFact> = (current: Current<State>) => readonly E[];

/** How a command ended: the stream's revision and position afterwards, whether or not anything was appended. */
export type Committed = Readonly<{
  revision: Revision;
  position: Position;
  /** False where the decision was that nothing changes. */
  changed: boolean;
}>;

/** The streams of one aggregate. */
export abstract class Streams<State, E extends AnyFact> {
  /**
   * Loads, decides and appends as one call; commands for one stream queue. Appends at the revision it read, decides
   * anew a few times if another writer came first, and appends nothing for no events.
   * A context with a `commandFingerprint` is looked up in the stream first: a command found there is not decided again.
   *
   * @throws whatever `decide` throws
   * @throws CommandReused the command id is in the stream with another fingerprint
   * @throws WrongExpectedRevision writers elsewhere were faster every time
   * @throws EventStoreUnavailable | OutcomeUnknown | Overloaded | UnreadableEvent
   */
  abstract transact(id: string, decide: Decide<State, E>, context: Context): Promise<Committed>;
}
