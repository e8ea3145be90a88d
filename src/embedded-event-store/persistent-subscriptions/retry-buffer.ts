import type { Message } from './message.js';

/** Messages to be given out again, in the order of their source; parked ones that come again are last. */
export class RetryBuffer {
  readonly waiting: Message[] = [];

  add(message: Message): void {
    const after = this.waiting.findLastIndex((other) => rank(other) <= rank(message));
    this.waiting.splice(after + 1, 0, message);
  }
}

const rank = ({ before }: Message): number => before?.sequence ?? Infinity;
