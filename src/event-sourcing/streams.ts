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

/**
 * How a command ended, and where its stream stood then. `repeated`: this very command had been carried out before,
 * and this is how it ended that time.
 */
export type Committed = Readonly<{
  outcome: 'changed' | 'unchanged' | 'repeated';
  revision: Revision;
  position: Position;
}>;

/** The streams of one aggregate. */
export abstract class Streams<State, E extends AnyFact> {
  /**
   * Loads, decides and appends as one call; commands for one stream queue. Appends at the revision it read, decides
   * anew a few times if another writer came first, and appends nothing for no events.
   * A command whose id the caller chose (`commandFingerprint`) is looked up in the stream before it is decided.
   *
   * @throws whatever `decide` throws
   * @throws CommandReused the command id is in the stream with another fingerprint
   * @throws WrongExpectedRevision writers elsewhere were faster every time
   * @throws EventStoreUnavailable | OutcomeUnknown | Overloaded | UnreadableEvent
   */
  abstract transact(id: string, decide: Decide<State, E>, context: Context): Promise<Committed>;
}
