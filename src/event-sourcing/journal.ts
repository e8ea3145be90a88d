import type { AnyFact, Context } from './fact.js';

/** Streams of facts that stand for themselves: nothing is decided on what is in them, so nothing is read to add more. */
export abstract class Journal<E extends AnyFact> {
  /**
   * Adds facts to the end of a stream; resolves once they are durable.
   *
   * @throws WrongExpectedRevision writers elsewhere were faster every time
   * @throws EventStoreUnavailable | OutcomeUnknown | Overloaded | EventTooLarge
   */
  abstract add(id: string, facts: readonly E[], context: Context): Promise<void>;
}
