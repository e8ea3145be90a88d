/** The most that appends may hold in memory, of all calls together, before they are whole. */
const MOST_BYTES = 67_108_864;
/** What is kept of an append however little of it has come. */
const LEAST_BYTES = 1_024;

type Held = { readonly bytes: number; readonly giveUp: () => void };

/**
 * The appends whose parts are still arriving, the oldest first. Where they hold more than may be, the oldest are given
 * up: whoever finishes what he begins is never among those for long, however many others do not.
 */
export class UnfinishedAppends {
  readonly #held = new Map<object, Held>();
  #bytes = 0;

  /** Tells how much an append has come to; `giveUp` is called, at most once, when it has to go. */
  hold(append: object, size: number, giveUp: () => void): void {
    const bytes = LEAST_BYTES + size;
    this.#bytes += bytes - (this.#held.get(append)?.bytes ?? 0);
    this.#held.set(append, { bytes, giveUp });
    for (const [oldest, { giveUp }] of this.#held) {
      if (this.#bytes <= MOST_BYTES) return;
      this.release(oldest);
      giveUp();
    }
  }

  /** To be called once it is whole, or is no longer waited for. */
  release(append: object): void {
    this.#bytes -= this.#held.get(append)?.bytes ?? 0;
    this.#held.delete(append);
  }
}
