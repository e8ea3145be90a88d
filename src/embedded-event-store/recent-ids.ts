import type { Place } from './check-commit.js';
import type { StoredEvent } from './event.js';

/** About 8 MiB worth of entries. */
const LIMIT = 50_000;

/** The last event ids written, for writers that expect nothing; empty after a restart. */
export class RecentIds {
  readonly #places = new Map<string, Place>();

  find(id: string): Place | undefined {
    return this.#places.get(id);
  }

  /** The first event with an id is the one remembered. */
  remember({ id, stream, revision, position }: StoredEvent): void {
    if (this.#places.has(id)) return;
    this.#places.set(id, { stream, revision, position });
    if (this.#places.size > LIMIT) this.#places.delete(this.#places.keys().next().value ?? id);
  }

  clear(): void {
    this.#places.clear();
  }
}
