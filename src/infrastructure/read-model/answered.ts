import { ReadModelUnavailable } from '../../event-sourcing/errors.js';

/**
 * What passes: nobody listens or the connection broke (Node's codes, class 08), the database goes down, comes up, has no
 * room or took too long (classes 53 and 57), or the disk fails under SQLite. Anything else is a fault of ours.
 */
const PASSING = /^(E[A-Z_]+|08...|53...|57...|25P03|SQLITE_(BUSY|CANTOPEN|FULL|IOERR|READONLY|THREAD).*)$/;

/** @throws ReadModelUnavailable where the database does not answer a query */
export async function answered<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if (!isOutage(error)) throw error;
    throw new ReadModelUnavailable('the database of the read model does not answer', { cause: error });
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && PASSING.test(error.code);
}
