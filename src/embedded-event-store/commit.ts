import { checkCommit } from './check-commit.js';
import type { Verdict } from './check-commit.js';
import { checkClose, checkDelete } from './check-delete.js';
import type { DeletableStream } from './check-delete.js';
import { NO_REVISION } from './event.js';
import type { ProposedEvent, StoredEvent } from './event.js';
import type { ExpectedRevision } from './expected-revision.js';
import type { Log } from './log.js';
import type { RecentIds } from './recent-ids.js';
import { deletion, metadataStreamOf, tombstone, truncation } from './stream-metadata.js';

/** Which stream is meant, and how far its writer believes it to have come. */
export type Address = { readonly stream: string; readonly expected: ExpectedRevision };

/** Events for one stream that are written together or not at all. */
export type Append = Address & { readonly events: readonly ProposedEvent[] };

export type Outcome =
  /** Revision and position of the last event; NO_REVISION and 0 where there is none. */
  | { readonly type: 'appended'; readonly revision: number; readonly position: number }
  | { readonly type: 'conflict'; readonly current: number }
  /** The writer expected a stream to be there that has been deleted. */
  | { readonly type: 'deleted'; readonly stream: string };

/** What is written within one transaction; each step sees the ones before it. */
export class Commit {
  readonly written: StoredEvent[] = [];
  readonly #log: Log;
  readonly #recentIds: RecentIds;

  constructor(log: Log, recentIds: RecentIds) {
    this.#log = log;
    this.#recentIds = recentIds;
  }

  append({ stream, expected, events }: Append): Outcome {
    if (this.#log.isClosed(stream)) return { type: 'deleted', stream };
    const current = this.#log.lastRevision(stream);
    const ids = events.map(({ id }) => id);
    const verdict = checkCommit(expected, ids, {
      stream,
      current,
      deleted: this.#log.metadataOf(stream).deleted,
      hasMetadata: () => this.#hasMetadata(stream),
      recent: (id) => this.#recentIds.find(id),
      idsFrom: (revision, count) => this.#log.idsFrom(stream, revision, count),
    });
    return verdict.type === 'write' ? this.#append(stream, current, events) : this.#answer(verdict, stream, current);
  }

  /** Hides all events of a stream for good; a later append brings the stream back, but not them. */
  delete({ stream, expected }: Address): Outcome {
    if (this.#log.isClosed(stream)) return { type: 'deleted', stream };
    const state = this.#stateOf(stream);
    const verdict = checkDelete(expected, state);
    if (verdict.type !== 'write') return this.#answer(verdict, stream, state.current);
    const metadataStream = metadataStreamOf(stream);
    return this.#write(metadataStream, this.#log.lastRevision(metadataStream), [deletion()]);
  }

  /** Closes a stream for good, even one that never was. */
  close({ stream, expected }: Address): Outcome {
    if (this.#log.isClosed(stream)) return { type: 'deleted', stream };
    const state = this.#stateOf(stream);
    const verdict = checkClose(expected, state);
    if (verdict.type !== 'write') return this.#answer(verdict, stream, state.current);
    return this.#write(stream, state.current, [tombstone()]);
  }

  #stateOf(stream: string): DeletableStream {
    const { deleted } = this.#log.metadataOf(stream);
    return { current: this.#log.lastRevision(stream), deleted, hasMetadata: this.#hasMetadata(stream) };
  }

  #append(stream: string, current: number, events: readonly ProposedEvent[]): Outcome {
    const described = stream.startsWith('$$') ? stream.slice(2) : stream;
    const wasDeleted = this.#log.metadataOf(described).deleted;
    const outcome = this.#write(stream, current, events);
    if (!wasDeleted) return outcome;
    if (described === stream) this.#restore(stream, current);
    else if (!this.#log.metadataOf(described).deleted) this.#restore(described, this.#log.lastRevision(described));
    return outcome;
  }

  /** Writing to a deleted stream, or anew about it, brings it back, without the events it had. */
  #restore(stream: string, lastHidden: number): void {
    const metadata = this.#log.metadataOf(stream);
    const metadataStream = metadataStreamOf(stream);
    const last = this.#log.lastRevision(metadataStream);
    this.#write(metadataStream, last, [truncation(metadata, lastHidden + 1)]);
  }

  #write(stream: string, current: number, events: readonly ProposedEvent[]): Outcome {
    const created = Date.now();
    let revision = current;
    for (const event of events) {
      const stored = this.#log.insert(event, stream, ++revision, created);
      this.#recentIds.remember(stored);
      this.written.push(stored);
    }
    return { type: 'appended', revision, position: this.#log.lastPosition };
  }

  #answer(verdict: Exclude<Verdict, { type: 'write' }>, stream: string, current: number): Outcome {
    if (verdict.type === 'conflict') return { type: 'conflict', current };
    return verdict.type === 'deleted' ? { type: 'deleted', stream } : { ...verdict, type: 'appended' };
  }

  #hasMetadata(stream: string): boolean {
    return this.#log.lastRevision(metadataStreamOf(stream)) !== NO_REVISION;
  }
}
