import type Database from 'better-sqlite3';

/** The last event of a stream that is closed for good. Only the store itself writes one. */
export const TOMBSTONE = '$streamDeleted';

const TABLE = 'CREATE TABLE IF NOT EXISTS tombstones (stream TEXT PRIMARY KEY) STRICT, WITHOUT ROWID';

/** The streams that were closed for good, which are few: their names are held in memory. */
export class Tombstones {
  readonly #insert: Database.Statement;
  readonly #all: Database.Statement<[], { stream: string }>;
  #streams: Set<string>;

  constructor(database: Database.Database) {
    database.exec(TABLE);
    this.#insert = database.prepare('INSERT INTO tombstones (stream) VALUES (?)');
    this.#all = database.prepare('SELECT stream FROM tombstones');
    this.#streams = this.#load();
  }

  /** The metadata of such a stream is closed as well. */
  has(stream: string): boolean {
    if (this.#streams.size === 0) return false;
    return this.#streams.has(stream) || (stream.startsWith('$$') && this.#streams.has(stream.slice(2)));
  }

  add(stream: string): void {
    this.#insert.run(stream);
    this.#streams.add(stream);
  }

  /** To be called after a transaction that failed. */
  reload(): void {
    this.#streams = this.#load();
  }

  #load(): Set<string> {
    return new Set(this.#all.all().map(({ stream }) => stream));
  }
}
