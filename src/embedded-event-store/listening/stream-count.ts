import type { Log } from '../log.js';

/**
 * How many streams have been written to. Each has one event of revision 0, so those are counted, and what was counted
 * once is not counted again: asking often costs little.
 */
export class StreamCount {
  readonly #log: Log;
  #count = 0;
  #upTo = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Of the events up to a position. */
  upTo(position: number): number {
    this.#count += this.#log.streamsBegun(this.#upTo, position);
    this.#upTo = position;
    return this.#count;
  }
}
