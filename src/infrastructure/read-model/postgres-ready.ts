import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { faultOf } from '../../event-sourcing/fault.js';
import type { Log } from '../../event-sourcing/log.js';
import type { AnyTables } from './sql-read-model.js';

const TRY_EVERY_MS = 500;
const SAY_EVERY_MS = 2_000;

/** The database does not answer, or turns us away; the message says why. */
export class DatabaseUnavailable extends Error {}

/**
 * What may be otherwise in a moment: nobody listens yet, it is starting or ending, or it has no room or connection to
 * spare. Later, any fault of a connection is waited out; at the start whoever set a password, a certificate or a name
 * that is refused is there to mend it, and is told at once.
 */
const PASSING = /^(?!ERR_)E[A-Z_]+$|^(08|53|57|58)...$|timeout|error establishing an SSL/;

/**
 * Resolves once the database answers; says meanwhile that it is waited for.
 *
 * @throws DatabaseUnavailable after `withinMs`, or at once where waiting would not help
 */
export async function databaseReady(db: Kysely<AnyTables>, withinMs: number, log: Log): Promise<void> {
  const began = performance.now();
  for (let said = 0; ;) {
    try {
      await sql`select 1`.execute(db);
      return;
    } catch (error) {
      const fault = faultOf(error);
      const waited = performance.now() - began;
      if (!PASSING.test(fault)) throw new DatabaseUnavailable(`DATABASE_URL: ${reasonOf(error)}`);
      if (waited > withinMs)
        throw new DatabaseUnavailable(`the database did not answer within ${withinMs / 1000} s (${fault})`);
      if (said === 0 || waited - said > SAY_EVERY_MS) {
        log.warn({ fault, waited_s: Math.round(waited / 1000), of_s: withinMs / 1000 }, 'waiting for the database');
        said = waited;
      }
      await sleep(TRY_EVERY_MS);
    }
  }
}

const reasonOf = (error: unknown): string => (Object(error) as { message?: string }).message ?? String(error);
