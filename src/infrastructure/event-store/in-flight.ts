import type { EventStoreDBClient } from '@eventstore/db-client';
import type { AppendJob } from './append-job.js';
import type { Limits } from './settings.js';

/** An append in the client's hands. */
export type Attempt = {
  readonly job: AppendJob;
  readonly client: EventStoreDBClient;
  readonly expiresAt: number;
  /** How many answers the connection had given when this was sent: one more, and it was alive since. */
  readonly answersBefore: number;
  /** Its time is up and its job has gone on without it. The client still holds it, so it still takes up its place. */
  overdue: boolean;
};

const TOLERATED_OVERDUE = 4;

/** What the client holds, in the order it was given; never more than it can pass on at once. */
export class InFlight {
  private readonly attempts = new Set<Attempt>();
  private bytes = 0;

  constructor(private readonly limits: Pick<Limits, 'appendsInFlight' | 'bytesInFlight'>) {}

  get size(): number {
    return this.attempts.size;
  }

  hasRoomFor(job: AppendJob): boolean {
    if (this.attempts.size === 0) return true;
    return this.attempts.size < this.limits.appendsInFlight && this.bytes + job.bytes <= this.limits.bytesInFlight;
  }

  add(attempt: Attempt): void {
    this.attempts.add(attempt);
    this.bytes += attempt.job.bytes;
  }

  /** False where it had been taken out before. */
  remove(attempt: Attempt): boolean {
    if (!this.attempts.delete(attempt)) return false;
    this.bytes -= attempt.job.bytes;
    return true;
  }

  /** Those whose time has come. All get the same time, so they stand in that order. */
  expired(now: number): Attempt[] {
    const found: Attempt[] = [];
    for (const attempt of this.attempts) if (!attempt.overdue && attempt.expiresAt <= now) found.push(attempt);
    return found;
  }

  /** A few lost answers on a connection that gives others are no reason to cut those off; more are. */
  tooManyOverdueOn(client: EventStoreDBClient): boolean {
    let count = 0;
    for (const attempt of this.attempts) if (attempt.overdue && attempt.client === client) count++;
    return count >= TOLERATED_OVERDUE;
  }

  /** Takes out all that a client held; it has been let go of. */
  abandon(client: EventStoreDBClient): Attempt[] {
    const left = [...this.attempts].filter((attempt) => attempt.client === client);
    for (const attempt of left) this.remove(attempt);
    return left;
  }
}
