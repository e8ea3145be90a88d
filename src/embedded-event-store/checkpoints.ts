/** Counts the events a filter has considered; tells when it is time to say how far the search has come. */
export class Checkpoints {
  readonly #interval: number;
  #considered = 0;

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Whether a checkpoint is due after one more event. */
  isDue(): boolean {
    this.#considered = (this.#considered + 1) % this.#interval;
    return this.#considered === 0;
  }
}
