import type Database from 'better-sqlite3';
import { directoryOf, openDatabase } from './database.js';
import { assertNoGap } from './page.js';
import { COLUMNS } from './statements.js';
import { CorruptLog, fromRow } from './stored-row.js';
import type { StoredRow } from './stored-row.js';

/** So many of the last events are looked at before writing goes on. */
const TAIL = 1_024;

/**
 * Makes sure that what is in the log is on disk: moves the write-ahead log into the database and begins a new one. What
 * was found there when the log was opened may be of a process that died before the disk had it, or after the disk had
 * refused it; an fsync of the same file would then succeed for nothing, so the pages are written anew.
 *
 * @throws Error if the disk does not take it
 */
export function settle(database: Database.Database): void {
  const patience = Number(database.pragma('busy_timeout', { simple: true }));
  database.pragma('busy_timeout = 0');
  try {
    const [done] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number; log: number; checkpointed: number }[];
    // A process that reads keeps the old one in place; what counts is that all of it is in the database as well.
    if (done && done.busy !== 0 && done.checkpointed < done.log) throw new Error('another process holds the log');
  } finally {
    database.pragma(`busy_timeout = ${patience}`);
  }
}

/**
 * A new connection for one whose disk has failed. The old one must still be open: SQLite then does not look for commits
 * in the write-ahead log, where there may be some that failed to be synced and were never acknowledged.
 *
 * @throws Error if the disk still fails, or if what was acknowledged is not there
 */
export function reconnect(broken: Database.Database, lastPosition: number): Database.Database {
  const database = openDatabase(directoryOf(broken));
  try {
    settle(database);
    assertTail(database, lastPosition);
    probe(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Commits a number that means nothing: a disk with no room for it has none for events. */
function probe(database: Database.Database): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  database.pragma(`user_version = ${(version + 1) % 2}`);
}

function assertTail(database: Database.Database, lastPosition: number): void {
  const first = Math.max(1, lastPosition - TAIL + 1);
  const rows = database.prepare<[number], StoredRow>(
    `SELECT ${COLUMNS} FROM events WHERE position >= ? ORDER BY position`,
  );
  const events = rows.all(first).map(fromRow);
  assertNoGap(events, ({ position }) => position, first, lastPosition, 'the log');
  const last = events.at(-1)?.position ?? 0;
  if (last !== lastPosition) throw new CorruptLog(`the log ends at ${last}, and not at ${lastPosition}`);
}
