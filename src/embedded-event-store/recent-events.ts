import { sizeOf } from './event.js';
import type { StoredEvent } from './event.js';

const MOST_EVENTS = 4_096;
const MOST_BYTES = 4_194_304;

/**
 * The last committed events, so that subscribers need not read from disk what was just written. A subscriber that has
 * fallen behind further than this reaches back goes on from storage.
 */
export class RecentEvents {
  #events: StoredEvent[] = [];
  #bytes = 0;
  #lastPosition: number;
  readonly #listeners = new Set<() => void>();

  constructor(lastPosition: number) {
    this.#lastPosition = lastPosition;
  }

  /** Position of the last event that readers may see. */
  get lastPosition(): number {
    return this.#lastPosition;
  }

  /** Up to so many events after a position; undefined if some of them are no longer held. */
  after(position: number, limit: number): StoredEvent[] | undefined {
    const missing = this.#lastPosition - position;
    if (missing <= 0) return [];
    const start = this.#events.length - missing;
    return start < 0 ? undefined : this.#events.slice(start, start + limit);
  }

  /** Takes what has been committed and tells the subscribers. */
  publish(events: readonly StoredEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += sizeOf(event);
      this.#lastPosition = event.position;
    }
    this.#trim();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after each commit until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Drops the older half at a time: dropping them one by one would move the whole array each time. */
  #trim(): void {
    while (this.#events.length > MOST_EVENTS || (this.#bytes > MOST_BYTES && this.#events.length > 0)) {
      for (const dropped of this.#events.splice(0, Math.ceil(this.#events.length / 2))) this.#bytes -= sizeOf(dropped);
    }
  }
}
