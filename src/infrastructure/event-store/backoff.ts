import { setTimeout as delay } from 'node:timers/promises';

/** Pauses that double and are jittered, so that many waiters do not come back as one. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly first: number,
    private readonly most: number,
  ) {}

  /** The next pause in milliseconds: between half and all of it. */
  next(): number {
    const full = Math.min(this.first * 2 ** this.failures, this.most);
    if (full < this.most) this.failures++;
    return full * (0.5 + Math.random() / 2);
  }

  reset(): void {
    this.failures = 0;
  }

  /** Sleeps for the next pause; wakes early when `signal` aborts. */
  async pause(signal: AbortSignal): Promise<void> {
    await delay(this.next(), undefined, { signal }).catch(() => undefined);
  }
}
