import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { namingFile } from './open-check.js';

/**
 * Opens a log to read it as it is at this moment, also while another process writes to it, and changes nothing. What
 * was there at the beginning is read to the end: until then the write-ahead log of a busy writer grows.
 *
 * @throws Error if there is no log, or one of a version that this one would have to change first
 */
export function readSnapshot<T>(file: string, read: (database: Database.Database) => T): T {
  if (!existsSync(file)) throw new Error(`there is no event store: ${file} does not exist`);
  return namingFile(file, () => {
    const database = new Database(file, { readonly: true });
    const close = (): void => {
      database.close();
    };
    try {
      database.exec('BEGIN');
      assertTables(database, file);
      const result = read(database);
      if (result instanceof Promise) return result.finally(close) as T;
      close();
      return result;
    } catch (error) {
      close();
      throw error;
    }
  });
}

/** Reads the file too, and so fixes what the transaction sees. */
function assertTables(database: Database.Database, file: string): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'index')").pluck().all();
  const missing = ['events', 'events_by_stream', 'links', 'tombstones'].find((name) => !tables.includes(name));
  if (missing === undefined) return;
  throw new Error(
    tables.includes('events')
      ? `${file} has no ${missing} yet: start the event store on it once`
      : `${file} is not the file of an event store`,
  );
}
