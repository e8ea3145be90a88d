import type { Place } from './check-commit.js';
import type { StoredEvent } from './event.js';

/** About 8 MiB worth of entries. */
const LIMIT = 50_000;

/**
 * The last event ids written, for writers that expect nothing; empty after a restart. The older half is dropped at
 * once: to drop them one by one would cost more than all else that is done for an append.
 */
export class RecentIds {
  #younger = new Map<string, Place>();
  #older = new Map<string, Place>();

  find(id: string): Place | undefined {
    return this.#younger.get(id) ?? this.#older.get(id);
  }

  /** The first event with an id is the one remembered. */
  remember({ id, stream, revision, position }: StoredEvent): void {
    if (this.find(id)) return;
    this.#younger.set(id, { stream, revision, position });
    if (this.#younger.size < LIMIT / 2) return;
    this.#older = this.#younger;
    this.#younger = new Map();
  }

  clear(): void {
    this.#younger.clear();
    this.#older.clear();
  }
}
