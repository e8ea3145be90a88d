import { Overloaded, ReadModelUnavailable } from '../../event-sourcing/errors.js';

/** Reads that wait for room, of a kind. */
export const MOST_WAITING = 1_000;
/** Less than a statement may take: who comes with those that hang is not to hang after them. */
const WITHIN_MS = 4_000;

/** Lets so many reads run at once; others wait, first come, first served, but neither in any number nor for any time. */
export class Room {
  private readonly waiting = new Set<() => void>();

  constructor(private free: number) {}

  /** @throws Overloaded at once: so many wait already @throws ReadModelUnavailable there was no room in time */
  async take<T>(read: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await this.turn();
    try {
      return await read();
    } finally {
      this.giveBack();
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.size >= MOST_WAITING) throw new Overloaded('too many reads are waiting');
    return new Promise((resolve, reject) => {
      const granted = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(granted);
        reject(new ReadModelUnavailable('the reads before it take too long'));
      }, WITHIN_MS);
      this.waiting.add(granted);
    });
  }

  private giveBack(): void {
    const [next] = this.waiting;
    if (!next) {
      this.free++;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
