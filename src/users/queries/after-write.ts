import { EventStoreUnavailable, OutcomeUnknown } from '../../event-sourcing/errors.js';

/**
 * Reads what a write has left, from the log. Where that cannot be read, nobody is told that nothing was changed: asked
 * again, the command gets its answer.
 *
 * @throws OutcomeUnknown
 */
export async function afterWrite<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof EventStoreUnavailable)) throw error;
    throw new OutcomeUnknown('what a write has left could not be read', { cause: error });
  }
}
