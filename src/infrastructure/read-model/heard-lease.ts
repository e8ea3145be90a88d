import { beatOf, type FencingToken, Lease, type LeaseNote } from '../../event-sourcing/lease.js';

/** Beats without an answer after which nothing is heard any more: one may be late on a busy machine. */
const SILENT_BEATS = 2.5;

/**
 * A lease that knows when it was answered last. Whoever tells the read model holds it, and whoever follows looks at it, with
 * every beat: so this is heard of a database that says nothing long before a statement has taken too long.
 */
export class HeardLease extends Lease {
  private heardAt = -Infinity;

  constructor(private readonly lease: Lease) {
    super();
  }

  override get ms(): number {
    return this.lease.ms;
  }

  get isHeard(): boolean {
    return performance.now() - this.heardAt < SILENT_BEATS * beatOf(this);
  }

  override hold(note: string): Promise<FencingToken | undefined> {
    return this.heard(this.lease.hold(note));
  }

  override look(): Promise<LeaseNote | undefined> {
    return this.heard(this.lease.look());
  }

  override release(...said: Parameters<Lease['release']>): Promise<void> {
    return this.lease.release(...said);
  }

  private async heard<T>(asked: Promise<T>): Promise<T> {
    const answer = await asked;
    this.heardAt = performance.now();
    return answer;
  }
}
