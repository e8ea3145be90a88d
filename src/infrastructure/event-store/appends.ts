import type { AppendResult, EventStoreDBClient } from '@eventstore/db-client';
import { OutcomeUnknown } from '../../event-sourcing/errors.js';
import type { Appended } from '../../event-sourcing/event-store.js';
import type { Revision } from '../../event-sourcing/fact.js';
import { AppendConnection } from './append-connection.js';
import { AppendJob } from './append-job.js';
import { verdictOn } from './append-verdict.js';
import type { Encoded } from './encode.js';
import { handOver } from './hand-over.js';
import { type Attempt, InFlight } from './in-flight.js';
import type { Locate } from './locate.js';
import type { Log as Logger } from '../../event-sourcing/log.js';
import type { Limits, Timings } from './settings.js';
import { type AppendsState, Unsettled } from './unsettled.js';
import { WaitingLine } from './waiting-line.js';
import { within } from './within.js';

/**
 * Brings appends to the store one way or the other: stored, certainly not stored, or unknown, and always in time. An
 * attempt in doubt is repeated with the same ids and the same expected revision, which lets only one of them land.
 */
export class Appends {
  private readonly line: WaitingLine;
  private readonly inFlight: InFlight;
  private readonly connection: AppendConnection;
  private readonly unsettled = new Unsettled();
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    url: string,
    private readonly timings: Timings,
    limits: Limits,
    private readonly locate: Locate,
    logger: Logger,
  ) {
    this.line = new WaitingLine(limits);
    this.inFlight = new InFlight(limits);
    this.connection = new AppendConnection(url, timings, logger, {
      ready: () => {
        this.pump();
      },
      gone: (client) => {
        for (const attempt of this.inFlight.abandon(client)) if (!attempt.overdue) this.doubt(attempt.job);
        this.pump();
      },
    });
  }

  /** Appends under way at this moment, and what became of those once in doubt. */
  get state(): AppendsState {
    return { inFlight: this.inFlight.size, waiting: this.line.length, ...this.unsettled.doubts };
  }

  ready(ms: number): Promise<void> {
    return this.connection.ready(ms);
  }

  append(stream: string, expected: Revision, encoded: Encoded): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + this.timings.appendTotal;
      const job = new AppendJob(stream, expected, encoded, deadline, resolve, reject, (failure) => {
        this.unsettled.settled(job, failure);
      });
      this.line.add(job);
      this.unsettled.add(job);
      this.pump();
      this.sweepSoon();
    });
  }

  /** Waits for what is under way as long as that may take, then gives the rest up. */
  async close(): Promise<void> {
    await within(this.timings.drain, this.unsettled.drained(), () => new Error('late')).catch(() => undefined);
    this.unsettled.giveUp();
    clearTimeout(this.sweeping);
    await this.connection.close();
  }

  private pump(): void {
    for (let job = this.line.peek(); job; job = this.line.peek()) {
      const client = this.connection.client;
      if (!client) {
        this.connection.wake();
        return;
      }
      if (!this.inFlight.hasRoomFor(job)) return;
      this.line.take();
      if (!job.settled) this.attempt(job, client);
    }
  }

  private attempt(job: AppendJob, client: EventStoreDBClient): void {
    const expiresAt = Math.min(performance.now() + this.timings.appendAttempt, job.deadline);
    const attempt: Attempt = { job, client, expiresAt, answersBefore: this.connection.answers, overdue: false };
    this.inFlight.add(attempt);
    job.attempts++;
    handOver(client, job).then(
      (result) => {
        this.inFlight.remove(attempt);
        this.connection.answered();
        this.stored(job, result);
        this.pump();
      },
      (error: unknown) => {
        // An attempt that was given up has had its say: its job went on, and late news of failure is no news.
        if (this.inFlight.remove(attempt) && !attempt.overdue) this.failed(attempt, error);
        this.pump();
      },
    );
  }

  private stored(job: AppendJob, { nextExpectedRevision, position }: AppendResult): void {
    // Without events the store says where the stream stands, and the client makes 0 of `no stream`.
    if (job.events.length === 0) job.succeed({ revision: job.expected, position: position?.commit ?? 0n });
    else if (position) job.succeed({ revision: nextExpectedRevision, position: position.commit });
    else
      void this.lookUp(job, () => {
        job.giveUp();
      });
  }

  private failed({ job, client }: Attempt, error: unknown): void {
    const verdict = verdictOn(error);
    if (verdict.kind === 'lost') {
      this.doubt(job);
      this.connection.lose(client);
      return;
    }
    this.connection.answered();
    if (verdict.kind === 'undecided' || verdict.kind === 'moved') {
      job.doubt();
      this.later(job);
    } else if (verdict.kind === 'declined') {
      job.decline(this.timings.declined);
      this.later(job);
    } else if (!job.inDoubt) {
      // The store has compared the ids at those revisions itself, so a first attempt refused is not our own echo.
      if (verdict.kind === 'refused') job.fail(verdict.error);
      else job.conflict(verdict.actual);
    } else if (verdict.kind === 'conflict') {
      void this.lookUp(job, () => {
        job.conflict(verdict.actual);
      });
    } else job.giveUp();
  }

  /** After doubt, the stream itself tells whether an earlier attempt had landed. */
  private async lookUp(job: AppendJob, notThere: () => void): Promise<void> {
    job.doubt();
    try {
      const left = job.deadline - performance.now();
      const found = await within(left, this.locate(job), () => new OutcomeUnknown('the stream could not be read'));
      if (found) job.succeed(found);
      else notThere();
    } catch {
      this.later(job);
    }
  }

  private later(job: AppendJob): void {
    const pause = job.pause();
    if (pause === undefined) job.giveUp();
    else
      setTimeout(() => {
        this.line.putBack(job);
        this.pump();
      }, pause);
  }

  private doubt(job: AppendJob): void {
    job.doubt();
    if (!job.settled) this.line.putBack(job);
  }

  // One timer for all appends, and none while there are none: a timer for each would cost more than the append.
  private sweepSoon(): void {
    if (this.sweeping !== undefined || this.unsettled.size === 0) return;
    const tick = Math.max(5, Math.min(50, this.timings.appendAttempt / 10));
    this.sweeping = setTimeout(() => {
      this.sweeping = undefined;
      this.sweep(performance.now());
      this.pump();
      this.sweepSoon();
    }, tick);
  }

  private sweep(now: number): void {
    this.line.giveUpExpired(now);
    for (const attempt of this.inFlight.expired(now)) {
      attempt.overdue = true;
      attempt.job.doubt();
      if (attempt.job.deadline <= now) attempt.job.giveUp();
      else this.line.putBack(attempt.job);
      const alive = this.connection.answers > attempt.answersBefore;
      if (!alive || this.inFlight.tooManyOverdueOn(attempt.client)) this.connection.lose(attempt.client);
    }
  }
}
