import { ReadModelUnavailable } from '../../event-sourcing/errors.js';
import { isOurs } from './sql-faults.js';

/**
 * What is not wrong with the query is an outage, whatever it is called: nobody listens, a name or a certificate is not
 * good at the moment, the password is another, the database goes down or only reads, the disk fails under SQLite.
 *
 * @throws ReadModelUnavailable where the database does not answer a query
 */
export async function answered<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if (isOurs(error)) throw error;
    throw new ReadModelUnavailable('the database of the read model does not answer', { cause: error });
  }
}
