import { NO_REVISION } from './event.js';
import type { StoredEvent } from './event.js';
import type { Log } from './log.js';
import type { StreamMetadata } from './stream-metadata.js';

/** The log as readers see it: a stream begins where its metadata lets it begin. The whole log shows everything. */
export class VisibleLog {
  readonly #log: Log;
  readonly #now: () => number;

  constructor(log: Log, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  get lastPosition(): number {
    return this.#log.lastPosition;
  }

  /** The last revision, hidden or not: writers count on from it. */
  lastRevision(stream: string): number {
    return this.#log.lastRevision(stream);
  }

  /** Whether there is such a stream. One whose events are all hidden is there, unless it was deleted. */
  has(stream: string): boolean {
    return this.#log.lastRevision(stream) !== NO_REVISION && !this.#log.metadataOf(stream).deleted;
  }

  isClosed(stream: string): boolean {
    return this.#log.isClosed(stream);
  }

  metadataOf(stream: string): StreamMetadata {
    return this.#log.metadataOf(stream);
  }

  /** The first revision to be seen; one beyond the last if all is hidden. */
  firstRevision(stream: string): number {
    const { maxCount, maxAge, truncateBefore = 0 } = this.#log.metadataOf(stream);
    if (maxCount === undefined && maxAge === undefined && truncateBefore === 0) return 0;
    const last = this.#log.lastRevision(stream);
    const first = Math.max(truncateBefore, maxCount === undefined ? 0 : last - maxCount + 1);
    const from = Math.min(first, last + 1);
    return maxAge === undefined ? from : this.#firstSince(stream, this.#now() - maxAge * 1_000, from, last);
  }

  allForwards(from: number, limit: number): StoredEvent[] {
    return this.#log.allForwards(from, limit);
  }

  allBackwards(before: number, limit: number): StoredEvent[] {
    return this.#log.allBackwards(before, limit);
  }

  streamForwards(stream: string, from: number, limit: number): StoredEvent[] {
    return this.#log.streamForwards(stream, Math.max(from, this.firstRevision(stream)), limit);
  }

  streamBackwards(stream: string, from: number, limit: number): StoredEvent[] {
    const start = Math.min(from, this.#log.lastRevision(stream));
    const visible = Math.min(limit, start - this.firstRevision(stream) + 1);
    return visible > 0 ? this.#log.streamBackwards(stream, start, visible) : [];
  }

  eventAt(stream: string, revision: number): StoredEvent | undefined {
    return this.isClosed(stream) || revision < this.firstRevision(stream)
      ? undefined
      : this.#log.eventAt(stream, revision);
  }

  /** Times rise with revisions, so the first event of an age is found by halving. */
  #firstSince(stream: string, time: number, from: number, last: number): number {
    let [low, high] = [from, last + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#log.eventAt(stream, middle)?.created ?? time) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
