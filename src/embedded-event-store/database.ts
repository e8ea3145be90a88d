import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { ensureLinkTable } from './link-table.js';
import { assertWhole, namingFile } from './open-check.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    created INTEGER NOT NULL,
    is_json INTEGER NOT NULL,
    metadata BLOB NOT NULL,
    data BLOB NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
`;

/** Before this version two connections could lose a commit when the write-ahead log started over. */
const OLDEST_SQLITE = [3, 51, 3];

/** Where in a directory the log is. */
export const fileIn = (dir: string): string => join(dir, 'events.db');

/** The directory that the log is in; undefined where it is in memory. */
export const directoryOf = ({ memory, name }: Database.Database): string | undefined =>
  memory ? undefined : dirname(name);

/**
 * Opens the file of the log such that a commit which has returned survives a loss of power. Without a directory the log
 * is in memory, and survives nothing.
 *
 * @throws CorruptLog if the file is damaged, or lacks what was acknowledged
 */
export function openDatabase(dir: string | undefined): Database.Database {
  const file = dir === undefined ? ':memory:' : fileIn(dir);
  if (dir !== undefined) assertWhole(dir, file);
  return namingFile(file, () => {
    const database = new Database(file);
    assertVersion(String(database.prepare('SELECT sqlite_version()').pluck().get()));
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('journal_size_limit = 67108864');
    database.exec(SCHEMA);
    ensureLinkTable(database);
    return database;
  });
}

function assertVersion(version: string): void {
  const parts = version.split('.').map(Number);
  const difference = OLDEST_SQLITE.map((oldest, index) => (parts[index] ?? 0) - oldest).find((part) => part !== 0) ?? 0;
  if (difference < 0) throw new Error(`SQLite ${version} is older than ${OLDEST_SQLITE.join('.')}`);
}
