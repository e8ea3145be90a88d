import type Database from 'better-sqlite3';

/**
 * How many streams have been written to. Each has one event of revision 0, so those are counted, and what was counted
 * once is not counted again: asking often costs little.
 */
export class StreamCount {
  readonly #firstEvents: Database.Statement<[after: number, upTo: number], number>;
  #count = 0;
  #upTo = 0;

  constructor(database: Database.Database) {
    this.#firstEvents = database
      .prepare<[number, number], number>(
        'SELECT count(*) FROM events WHERE revision = 0 AND position > ? AND position <= ?',
      )
      .pluck();
  }

  /** Of the events up to a position. */
  upTo(position: number): number {
    this.#count += this.#firstEvents.get(this.#upTo, position) ?? 0;
    this.#upTo = position;
    return this.#count;
  }
}
