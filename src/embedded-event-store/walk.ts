import type Database from 'better-sqlite3';
import { errorText } from './error-text.js';
import type { StoredEvent } from './event.js';
import { COLUMNS } from './statements.js';
import { CorruptLog, fromRow, isDamage } from './stored-row.js';
import type { StoredRow } from './stored-row.js';

/** Called now and then with how far something has come; the whole may be unknown. */
export type OnProgress = (done: number, whole?: number) => void;

/** All events in the order of the log, each held against its checksum. @throws CorruptLog naming the first fault */
export function* walk(database: Database.Database, onProgress: OnProgress): Generator<StoredEvent, void> {
  const last = lastPositionOf(database);
  const rows = database.prepare<[], StoredRow>(`SELECT ${COLUMNS} FROM events ORDER BY position`).iterate();
  let position = 0;
  try {
    for (const row of rows) {
      position += 1;
      if (row.position !== position) throw new CorruptLog(`event ${position} of the log is missing`);
      yield fromRow(row);
      if (position % 1_024 === 0) onProgress(position, last);
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new CorruptLog(`after event ${position} of the log: ${errorText(error).message}`, { cause: error });
  }
  onProgress(position, last);
}

export const lastPositionOf = (database: Database.Database): number =>
  Number(database.prepare('SELECT max(position) FROM events').pluck().get() ?? 0);
