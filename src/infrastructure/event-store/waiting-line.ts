import { Overloaded } from '../../event-sourcing/errors.js';
import type { AppendJob } from './append-job.js';
import type { Limits } from './settings.js';

/** Appends that wait for their turn: first come, first served, except that what was under way already comes first. */
export class WaitingLine {
  private readonly again: AppendJob[] = [];
  private line: AppendJob[] = [];
  private head = 0;
  private bytes = 0;

  constructor(private readonly limits: Pick<Limits, 'appendsWaiting' | 'bytesWaiting'>) {}

  get length(): number {
    return this.line.length - this.head + this.again.length;
  }

  /** @throws Overloaded */
  add(job: AppendJob): void {
    const { appendsWaiting, bytesWaiting } = this.limits;
    if (this.length >= appendsWaiting || this.bytes + job.bytes > bytesWaiting)
      throw new Overloaded('too many appends are waiting');
    this.line.push(job);
    this.bytes += job.bytes;
  }

  /** Back to the front; never refused, since it was taken on before. */
  putBack(job: AppendJob): void {
    this.again.push(job);
    this.bytes += job.bytes;
  }

  peek(): AppendJob | undefined {
    return this.again[0] ?? this.line[this.head];
  }

  take(): AppendJob | undefined {
    const job = this.again.shift() ?? this.line[this.head++];
    if (!job) {
      this.head = this.line.length;
      return undefined;
    }
    this.bytes -= job.bytes;
    // Cut now and then: shifting an array of thousands each time would cost more than the append.
    if (this.head > 1_000 || this.head === this.line.length) {
      this.line = this.line.slice(this.head);
      this.head = 0;
    }
    return job;
  }

  /** Takes out and gives up whatever has no time left. Those that never ran stand in the order of their deadlines. */
  giveUpExpired(now: number): void {
    const kept = this.again.filter((job) => job.deadline > now);
    const expired = this.again.filter((job) => job.deadline <= now);
    if (expired.length) this.again.splice(0, this.again.length, ...kept);
    for (const job of expired) {
      this.bytes -= job.bytes;
      job.giveUp();
    }
    for (let job = this.line[this.head]; job && job.deadline <= now; job = this.line[this.head]) {
      this.head++;
      this.bytes -= job.bytes;
      job.giveUp();
    }
  }
}
