import type Database from 'better-sqlite3';
import { NO_REVISION } from './event.js';
import type { StoredEvent } from './event.js';
import { linkStreamsOf, linkTo } from './link-stream.js';
import { pageOf } from './page.js';
import { COLUMNS } from './statements.js';
import { CorruptLog, fromRow } from './stored-row.js';
import type { StoredRow } from './stored-row.js';

type LinkRow = StoredRow & { readonly place: number };
type Read = Database.Statement<[stream: string, from: number, limit: number], LinkRow>;

/** So many streams are remembered with their last revision; link streams are few, but nothing says they must be. */
const MOST_REMEMBERED = 10_000;

/**
 * The streams of a category or an event type. They are an index into the log rather than events of their own: the log
 * is not doubled, and a link is there in the same instant as its event. For the same reason they do not show in `$all`.
 */
export class LinkIndex {
  readonly #last: Database.Statement<[string], { revision: number }>;
  readonly #insert: Database.Statement;
  readonly #insertTwo: Database.Statement;
  readonly #forwards: Read;
  readonly #backwards: Read;
  readonly #lastRevisions = new Map<string, number>();

  constructor(database: Database.Database) {
    // CROSS JOIN keeps the order of the tables: along the links, event by event.
    const links = `SELECT links.revision AS place, ${COLUMNS}
       FROM links CROSS JOIN events ON events.position = links.position WHERE links.stream = ?`;
    this.#last = database.prepare('SELECT revision FROM links WHERE stream = ? ORDER BY revision DESC LIMIT 1');
    const insert = 'INSERT INTO links (stream, revision, position) VALUES (?, ?, ?)';
    this.#insert = database.prepare(insert);
    this.#insertTwo = database.prepare(`${insert}, (?, ?, ?)`);
    this.#forwards = database.prepare(`${links} AND links.revision >= ? ORDER BY links.revision LIMIT ?`);
    this.#backwards = database.prepare(`${links} AND links.revision <= ? ORDER BY links.revision DESC LIMIT ?`);
  }

  lastRevision(stream: string): number {
    const known = this.#lastRevisions.get(stream);
    return known ?? this.#remember(stream, this.#last.get(stream)?.revision ?? NO_REVISION);
  }

  /** Links an event within the transaction that writes it. */
  add(event: StoredEvent): void {
    const [first, second] = linkStreamsOf(event);
    if (first === undefined) return;
    const { position } = event;
    if (second === undefined) this.#insert.run(first, this.#next(first), position);
    else this.#insertTwo.run(first, this.#next(first), position, second, this.#next(second), position);
  }

  #next(stream: string): number {
    return this.#remember(stream, this.lastRevision(stream) + 1);
  }

  /** Forgets what it remembers of a transaction that failed. */
  forget(): void {
    this.#lastRevisions.clear();
  }

  forwards(stream: string, from: number, limit: number): StoredEvent[] {
    return pageOf(this.#forwards.iterate(stream, from, limit), (row) => toLink(row, stream));
  }

  backwards(stream: string, from: number, limit: number): StoredEvent[] {
    return pageOf(this.#backwards.iterate(stream, from, limit), (row) => toLink(row, stream));
  }

  #remember(stream: string, revision: number): number {
    if (this.#lastRevisions.size >= MOST_REMEMBERED) this.#lastRevisions.clear();
    this.#lastRevisions.set(stream, revision);
    return revision;
  }
}

function toLink(row: LinkRow, stream: string): StoredEvent {
  const target = fromRow(row);
  if (linkStreamsOf(target).includes(stream)) return linkTo(target, stream, row.place);
  throw new CorruptLog(`link ${row.place} of ${stream} leads to stream ${target.stream}`);
}
