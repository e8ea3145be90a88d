import type Database from 'better-sqlite3';
import { checksum } from './checksum.js';
import { directoryOf } from './database.js';
import { DurableMark } from './durable-mark.js';
import { NO_REVISION } from './event.js';
import type { ProposedEvent, StoredEvent } from './event.js';
import { LinkIndex } from './link-index.js';
import { isLinkStream } from './link-stream.js';
import { MetadataCache } from './metadata-cache.js';
import { assertNoGap, naming, pageOf } from './page.js';
import { reconnect, settle } from './recovery.js';
import { prepareStatements } from './statements.js';
import type { Statements } from './statements.js';
import { fromRow } from './stored-row.js';
import { metadataStreamOf } from './stream-metadata.js';
import type { StreamMetadata } from './stream-metadata.js';
import { TOMBSTONE, Tombstones } from './tombstones.js';

/** The events on disk. Everything in here is synchronous: no other work comes between two calls in one turn. */
export class Log {
  readonly #metadata: MetadataCache;
  readonly #mark: DurableMark | undefined;
  #database: Database.Database;
  #statements: Statements;
  #links: LinkIndex;
  #tombstones: Tombstones;
  #lastPosition: number;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#statements = prepareStatements(database);
    this.#links = new LinkIndex(database);
    this.#tombstones = new Tombstones(database);
    this.#metadata = new MetadataCache((stream) => this.#lastEvent(metadataStreamOf(stream)));
    this.#lastPosition = this.#statements.lastPosition.get()?.position ?? 0;
    const dir = directoryOf(database);
    this.#mark = dir === undefined ? undefined : new DurableMark(dir);
  }

  /** Position of the last event, 0 before there is one. */
  get lastPosition(): number {
    return this.#lastPosition;
  }

  lastRevision(stream: string): number {
    if (isLinkStream(stream)) return this.#links.lastRevision(stream);
    return this.#statements.lastRevision.get(stream)?.revision ?? NO_REVISION;
  }

  idsFrom(stream: string, revision: number, count: number): { id: string; position: number }[] {
    return this.#statements.ids.all(stream, revision, count);
  }

  /** How many streams have their first event after one position, and up to another. */
  streamsBegun(after: number, upTo: number): number {
    return this.#statements.streamsBegun.get(after, upTo)?.count ?? 0;
  }

  /** Events at a position and after. */
  allForwards(from: number, limit: number): StoredEvent[] {
    return naming(`the log from position ${from}`, () => {
      const events = pageOf(this.#statements.allForwards.iterate(from, limit), fromRow);
      assertNoGap(events, ({ position }) => position, Math.max(from, 1), this.#lastPosition, 'the log');
      return events;
    });
  }

  /** Events before a position, the latest first. */
  allBackwards(before: number, limit: number): StoredEvent[] {
    return naming(`the log before position ${before}`, () => {
      const events = pageOf(this.#statements.allBackwards.iterate(before, limit), fromRow);
      const from = Math.min(before - 1, this.#lastPosition);
      assertNoGap(events, ({ position }) => -position, -from, -1, 'the log');
      return events;
    });
  }

  /** Events of a stream at a revision and after. */
  streamForwards(stream: string, from: number, limit: number): StoredEvent[] {
    return naming(`stream ${stream} from revision ${from}`, () => {
      const events = isLinkStream(stream)
        ? this.#links.forwards(stream, from, limit)
        : pageOf(this.#statements.streamForwards.iterate(stream, from, limit), fromRow);
      assertNoGap(events, ({ revision }) => revision, from, this.lastRevision(stream), `stream ${stream}`);
      return events;
    });
  }

  /** Events of a stream at a revision and before, the latest first. */
  streamBackwards(stream: string, from: number, limit: number): StoredEvent[] {
    return naming(`stream ${stream} back from revision ${from}`, () => {
      const events = isLinkStream(stream)
        ? this.#links.backwards(stream, from, limit)
        : pageOf(this.#statements.streamBackwards.iterate(stream, from, limit), fromRow);
      assertNoGap(
        events,
        ({ revision }) => -revision,
        -Math.min(from, this.lastRevision(stream)),
        0,
        `stream ${stream}`,
      );
      return events;
    });
  }

  eventAt(stream: string, revision: number): StoredEvent | undefined {
    return this.streamForwards(stream, revision, 1)[0];
  }

  metadataOf(stream: string): StreamMetadata {
    return this.#metadata.of(stream);
  }

  /** Whether nobody may read or write the stream any more. */
  isClosed(stream: string): boolean {
    return this.#tombstones.has(stream);
  }

  /** Most streams have no metadata, and that is soon seen. */
  #lastEvent(stream: string): StoredEvent | undefined {
    const last = this.lastRevision(stream);
    return last === NO_REVISION ? undefined : this.eventAt(stream, last);
  }

  /** Gives the event the next position and puts it into the running transaction. */
  insert(proposed: ProposedEvent, stream: string, revision: number, created: number): StoredEvent {
    const { id, type, isJson, metadata, data } = proposed;
    const position = this.#lastPosition + 1;
    const stored = { position, stream, revision, id, type, created, isJson, metadata, data };
    const sum = checksum(stored);
    this.#statements.insert.run(position, stream, revision, id, type, created, isJson ? 1 : 0, metadata, data, sum);
    this.#links.add(stored);
    this.#metadata.onWritten(stored);
    if (type === TOMBSTONE) this.#tombstones.add(stream);
    this.#lastPosition = position;
    return stored;
  }

  /** Runs the work and commits it, durably; if either fails, nothing of it has happened. */
  transaction<T>(work: () => T): T {
    const before = this.#lastPosition;
    try {
      this.#statements.begin.run();
      const result = work();
      this.#statements.commit.run();
      if (this.#lastPosition !== before) this.#mark?.raise(this.#lastPosition);
      return result;
    } catch (error) {
      this.#lastPosition = before;
      this.#links.forget();
      this.#metadata.forget();
      if (this.#database.inTransaction) this.#statements.rollback.run();
      this.#tombstones.reload();
      throw error;
    }
  }

  /** To be called before the first commit. @throws Error if the disk does not take what was found in the log */
  settle(): void {
    settle(this.#database);
    this.#mark?.raise(this.#lastPosition);
  }

  /** Goes on with a new connection after the disk has failed. @throws Error if it still does; reading goes on then */
  recover(): void {
    const broken = this.#database;
    this.#database = reconnect(broken, this.#lastPosition);
    this.#statements = prepareStatements(this.#database);
    this.#links = new LinkIndex(this.#database);
    this.#tombstones = new Tombstones(this.#database);
    this.#metadata.forget();
    broken.close();
  }

  close(): void {
    this.#database.close();
    this.#mark?.close();
  }
}
