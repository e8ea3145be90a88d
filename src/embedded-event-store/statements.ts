import type Database from 'better-sqlite3';
import type { StoredRow } from './stored-row.js';

/** The columns of an event, of the table `events` also where it is joined to another. */
export const COLUMNS = [
  ...['position', 'stream', 'revision', 'id', 'type', 'created', 'is_json AS isJson', 'metadata', 'data', 'checksum'],
]
  .map((column) => `events.${column}`)
  .join(', ');

type Read<Parameters extends unknown[]> = Database.Statement<Parameters, StoredRow>;

/** Everything that is ever asked of the database, compiled once. */
export type Statements = {
  readonly begin: Database.Statement;
  readonly commit: Database.Statement;
  readonly rollback: Database.Statement;
  readonly insert: Database.Statement;
  readonly lastPosition: Database.Statement<[], { position: number }>;
  readonly lastRevision: Database.Statement<[string], { revision: number }>;
  readonly ids: Database.Statement<[stream: string, from: number, limit: number], { id: string; position: number }>;
  readonly streamsBegun: Database.Statement<[after: number, upTo: number], { count: number }>;
  readonly allForwards: Read<[from: number, limit: number]>;
  readonly allBackwards: Read<[before: number, limit: number]>;
  readonly streamForwards: Read<[stream: string, from: number, limit: number]>;
  readonly streamBackwards: Read<[stream: string, from: number, limit: number]>;
};

export function prepareStatements(database: Database.Database): Statements {
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
    insert: database.prepare(
      `INSERT INTO events (position, stream, revision, id, type, created, is_json, metadata, data, checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    lastPosition: database.prepare('SELECT position FROM events ORDER BY position DESC LIMIT 1'),
    lastRevision: database.prepare('SELECT revision FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1'),
    ids: database.prepare(
      'SELECT id, position FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
    ),
    streamsBegun: database.prepare(
      'SELECT count(*) AS count FROM events WHERE revision = 0 AND position > ? AND position <= ?',
    ),
    allForwards: database.prepare(`SELECT ${COLUMNS} FROM events WHERE position >= ? ORDER BY position LIMIT ?`),
    allBackwards: database.prepare(`SELECT ${COLUMNS} FROM events WHERE position < ? ORDER BY position DESC LIMIT ?`),
    streamForwards: database.prepare(
      `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`,
    ),
    streamBackwards: database.prepare(
      `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?`,
    ),
  };
}
