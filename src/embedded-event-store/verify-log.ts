import type Database from 'better-sqlite3';
import type { StoredEvent } from './event.js';
import { linkStreamsOf } from './link-stream.js';
import { CorruptLog } from './stored-row.js';
import { TOMBSTONE } from './tombstones.js';
import { walk } from './walk.js';
import type { OnProgress } from './walk.js';

/** How much was looked at, and found as it should be. */
export type Verified = {
  readonly events: number;
  readonly streams: number;
  readonly links: number;
  readonly tombstones: number;
};

type Lookup = Database.Statement<[stream: string, revision: number], number>;

/**
 * Holds the whole log against its checksums and everything derived from it against the log: the index of streams, by
 * which the last revision and the metadata of a stream are found, links, and closed streams. SQLite's own check of the
 * file comes last, for it names pages and not events.
 *
 * @throws CorruptLog naming the first fault
 */
export function verifyLog(database: Database.Database, onProgress: OnProgress): Verified {
  const links = new Links(database);
  const closed = new Map<string, number>();
  const positionOf: Lookup = database
    .prepare('SELECT position FROM events INDEXED BY events_by_stream WHERE stream = ? AND revision = ?')
    .pluck() as Lookup;
  let events = 0;
  for (const event of walk(database, onProgress)) {
    const { position, stream, revision, type } = event;
    if (positionOf.get(stream, revision) !== position) {
      throw new CorruptLog(`${nameOf(event)} is not in the index of streams`);
    }
    if (closed.has(stream)) throw new CorruptLog(`${nameOf(event)} comes after the end of its stream`);
    if (type === TOMBSTONE) closed.set(stream, position);
    links.assertLinked(event);
    events += 1;
  }
  const streams = verifyIndex(database, events);
  links.assertNoMore();
  verifyTombstones(database, closed);
  verifyFile(database);
  return { events, streams, links: links.count, tombstones: closed.size };
}

const nameOf = ({ position, stream, revision }: StoredEvent): string =>
  `event ${revision} of stream ${stream} at position ${position}`;

/** Walks along the index, which is to hold nothing but the events of the log. Returns the number of streams. */
function verifyIndex(database: Database.Database, events: number): number {
  type Entry = { stream: string; revision: number; position: number };
  const index = database.prepare<[], Entry>(
    'SELECT stream, revision, position FROM events INDEXED BY events_by_stream ORDER BY stream, revision',
  );
  let [streams, entries] = [0, 0];
  let before: Entry = { stream: '', revision: -1, position: 0 };
  for (const entry of index.iterate()) {
    const isFirst = entries === 0 || entry.stream !== before.stream;
    const expected = isFirst ? 0 : before.revision + 1;
    if (entry.revision !== expected) throw new CorruptLog(`event ${expected} of stream ${entry.stream} is missing`);
    if (!isFirst && entry.position < before.position) {
      throw new CorruptLog(`event ${entry.revision} of stream ${entry.stream} was written before the one it follows`);
    }
    if (isFirst) streams += 1;
    entries += 1;
    before = entry;
  }
  if (entries !== events) throw new CorruptLog(`the index of streams has ${entries} entries for ${events} events`);
  return streams;
}

/** Counts along with the log how each event must have been linked. */
class Links {
  count = 0;
  readonly #database: Database.Database;
  readonly #positionOf: Lookup;
  readonly #next = new Map<string, number>();

  constructor(database: Database.Database) {
    this.#database = database;
    this.#positionOf = database
      .prepare('SELECT position FROM links WHERE stream = ? AND revision = ?')
      .pluck() as Lookup;
  }

  assertLinked(event: StoredEvent): void {
    for (const stream of linkStreamsOf(event)) {
      const revision = this.#next.get(stream) ?? 0;
      if (this.#positionOf.get(stream, revision) !== event.position) {
        throw new CorruptLog(`link ${revision} of ${stream} does not lead to ${nameOf(event)}`);
      }
      this.#next.set(stream, revision + 1);
      this.count += 1;
    }
  }

  assertNoMore(): void {
    const stored = Number(this.#database.prepare('SELECT count(*) FROM links').pluck().get());
    if (stored !== this.count) throw new CorruptLog(`there are ${stored} links, and events for ${this.count}`);
  }
}

function verifyTombstones(database: Database.Database, closed: ReadonlyMap<string, number>): void {
  const stored = new Set(database.prepare('SELECT stream FROM tombstones').pluck().all() as string[]);
  for (const [stream, position] of closed) {
    if (!stored.delete(stream)) throw new CorruptLog(`stream ${stream} is not closed, but was at position ${position}`);
  }
  for (const stream of stored) throw new CorruptLog(`stream ${stream} is closed, but no event of the log says so`);
}

function verifyFile(database: Database.Database): void {
  const found = String(database.pragma('integrity_check(1)', { simple: true }));
  if (found !== 'ok') throw new CorruptLog(`${database.name}: ${found}`);
}
