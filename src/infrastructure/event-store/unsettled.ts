import { OutcomeUnknown } from '../../event-sourcing/errors.js';
import type { AppendJob } from './append-job.js';

/** How many appends may be stored, though no answer has said so; and what became of those before them. */
type Doubts = Readonly<{ inDoubt: number; resolved: Unsettled['resolved'] }>;

/** Appends handed to the client, those waiting for their turn, and what is in doubt. */
export type AppendsState = Readonly<{ inFlight: number; waiting: number }> & Doubts;

/** Appends whose callers wait for their end. */
export class Unsettled {
  /** How appends ended whose fate had been in doubt for a while. */
  readonly resolved = { stored: 0, not_stored: 0, unknown: 0 };
  private readonly jobs = new Set<AppendJob>();
  private tell: (() => void) | undefined;

  get size(): number {
    return this.jobs.size;
  }

  get doubts(): Doubts {
    let inDoubt = 0;
    for (const job of this.jobs) if (job.inDoubt) inDoubt++;
    return { inDoubt, resolved: this.resolved };
  }

  add(job: AppendJob): void {
    this.jobs.add(job);
  }

  settled(job: AppendJob, failure: Error | undefined): void {
    this.jobs.delete(job);
    if (job.inDoubt)
      this.resolved[failure ? (failure instanceof OutcomeUnknown ? 'unknown' : 'not_stored') : 'stored']++;
    if (this.jobs.size === 0) this.tell?.();
  }

  /** Resolves once there is none. */
  async drained(): Promise<void> {
    if (this.jobs.size > 0) await new Promise<void>((resolve) => (this.tell = resolve));
  }

  giveUp(): void {
    for (const job of this.jobs) job.giveUp();
  }
}
