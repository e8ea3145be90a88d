import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { MARK_FILE, readMark } from './durable-mark.js';
import { errorText } from './error-text.js';
import { CorruptLog, isDamage } from './stored-row.js';

/**
 * Looks, before anything is changed, whether all that was acknowledged is there. The connection is a reading one, for
 * another would fold what is left of a damaged write-ahead log into the database and remove it.
 *
 * @throws CorruptLog
 */
export function assertWhole(dir: string, file: string): void {
  const mark = readMark(dir);
  const last = existsSync(file) ? lastPositionIn(file) : 0;
  if (last >= mark) return;
  const place = last + 1 === mark ? `event ${mark}` : `events ${last + 1} to ${mark}`;
  throw new CorruptLog(
    `${place} of the log, acknowledged before, are no longer in ${file} and its write-ahead log ${file}-wal. ` +
      `Restore a backup in an empty directory, or remove ${join(dir, MARK_FILE)} to go on without them`,
  );
}

function lastPositionIn(file: string): number {
  return namingFile(file, () => {
    const database = new Database(file, { readonly: true });
    try {
      const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get();
      return table ? Number(database.prepare('SELECT max(position) FROM events').pluck().get() ?? 0) : 0;
    } finally {
      database.close();
    }
  });
}

/** Our statements are always the same: one that SQLite does not understand meets names of columns that are not ours. */
const isAnotherSchema = (error: unknown): boolean => errorText(error).code === 'SQLITE_ERROR';

/** Adds to what SQLite says of a damaged file which one that is, and what to do. */
export function namingFile<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!isDamage(error) && !isAnotherSchema(error)) throw error;
    throw new CorruptLog(`${file}: ${errorText(error).message}. Restore a backup in an empty directory`, {
      cause: error,
    });
  }
}
