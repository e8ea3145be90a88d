import type { Message } from './message.js';

/** The messages a group has parked, which are read in the order they were parked. */
export type ParkedMessages = {
  /** Number of the first that is there. */
  first(): number;
  /** One more than the number of the last. */
  end(): number;
  /** Those from a number on. */
  read(from: number, limit: number): Message[];
  /** Forgets those before a number. */
  truncate(before: number): void;
};

/**
 * Parked messages on their way back to the consumers. They are forgotten only when they are done, or parked again:
 * a store that stops in between still has them.
 */
export class Replay {
  readonly #parked: ParkedMessages;
  #next: number;
  #end: number;
  #truncated: number;

  constructor(parked: ParkedMessages) {
    this.#parked = parked;
    this.#next = this.#end = this.#truncated = parked.first();
  }

  /** Whether some are still to be read. */
  get isRunning(): boolean {
    return this.#next < this.#end;
  }

  /** How many nobody has asked for again. */
  get parkedCount(): number {
    return this.#parked.end() - Math.max(this.#parked.first(), this.#end);
  }

  /** Asks for those parked up to now, or before a number. */
  start(stopAt = Number.MAX_SAFE_INTEGER): void {
    this.#end = Math.max(this.#end, Math.min(stopAt, this.#parked.end()));
  }

  take(limit: number): Message[] {
    const messages = this.isRunning ? this.#parked.read(this.#next, Math.min(limit, this.#end - this.#next)) : [];
    this.#next = messages.length > 0 ? (messages.at(-1)?.parkedAt ?? this.#next) + 1 : this.#end;
    return messages;
  }

  /** Forgets those that are done: all that were taken, or those before the first that is not done. */
  release(firstOutstanding = this.#next): void {
    if (firstOutstanding <= this.#truncated) return;
    this.#truncated = firstOutstanding;
    this.#parked.truncate(firstOutstanding);
  }
}
