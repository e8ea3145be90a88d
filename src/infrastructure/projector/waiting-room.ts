import { NotCaughtUp } from '../../event-sourcing/errors.js';
import type { Position } from '../../event-sourcing/fact.js';

type Waiter = { position: Position; until: number; resolve: () => void; reject: (error: Error) => void };

const CHECK_EVERY_MS = 50;

/** Those who wait for the read model to come to a position. One timer serves them all. */
export class WaitingRoom {
  private readonly waiters = new Set<Waiter>();
  private timer: NodeJS.Timeout | undefined;

  /** Resolves when {@link admit} is called with `position` or a later one; rejects with NotCaughtUp after `withinMs`. */
  wait(position: Position, withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiters.add({ position, until: performance.now() + withinMs, resolve, reject });
      this.timer ??= setInterval(() => {
        this.expire();
      }, CHECK_EVERY_MS);
    });
  }

  admit(position: Position): void {
    for (const waiter of this.waiters)
      if (waiter.position <= position) {
        this.waiters.delete(waiter);
        waiter.resolve();
      }
    this.rest();
  }

  /** Turns everyone away. */
  clear(): void {
    for (const waiter of this.waiters) waiter.reject(new NotCaughtUp());
    this.waiters.clear();
    this.rest();
  }

  private expire(): void {
    const now = performance.now();
    for (const waiter of this.waiters)
      if (waiter.until <= now) {
        this.waiters.delete(waiter);
        waiter.reject(new NotCaughtUp());
      }
    this.rest();
  }

  private rest(): void {
    if (this.waiters.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
