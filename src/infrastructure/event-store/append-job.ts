import type { JSONEventData } from '@eventstore/db-client';
import { EventStoreUnavailable, OutcomeUnknown, WrongExpectedRevision } from '../../event-sourcing/errors.js';
import type { Appended } from '../../event-sourcing/event-store.js';
import type { Revision } from '../../event-sourcing/fact.js';
import type { Encoded } from './encode.js';

/** One append on its way, whatever number of attempts it takes. Settles once. */
export class AppendJob {
  readonly events: JSONEventData[];
  readonly bytes: number;
  /** An attempt may have stored it, though none has said so. */
  inDoubt = false;
  attempts = 0;
  settled = false;
  private declinedSince: number | undefined;

  constructor(
    readonly stream: string,
    readonly expected: Revision,
    { events, bytes }: Encoded,
    /** On the monotonic clock. */
    readonly deadline: number,
    private readonly onSuccess: (appended: Appended) => void,
    private readonly onFailure: (error: Error) => void,
    /** With the failure where it failed, before anybody else is told. */
    private readonly onSettled: (failure?: Error) => void,
  ) {
    this.events = events;
    this.bytes = bytes;
  }

  /** An attempt ended without saying whether it stored the events. Without events there was nothing to store. */
  doubt(): void {
    this.inDoubt = this.events.length > 0;
  }

  /**
   * The store takes no writes, and says so: a moment later it may, and after that whoever waits is told. Not while an
   * earlier attempt is in doubt, of which this says nothing.
   */
  decline(patienceMs: number): void {
    this.declinedSince ??= performance.now();
    if (!this.inDoubt && performance.now() - this.declinedSince >= patienceMs)
      this.fail(new EventStoreUnavailable('the event store takes no writes; nothing was appended'));
  }

  /** How long to wait before the next attempt; undefined where no time is left for one. */
  pause(): number | undefined {
    const pause = Math.min(25 * 2 ** this.attempts, 500) * (0.5 + Math.random() / 2);
    return performance.now() + pause < this.deadline ? pause : undefined;
  }

  succeed(appended: Appended): void {
    if (this.settled) return;
    this.settled = true;
    this.onSettled();
    this.onSuccess(appended);
  }

  fail(error: Error): void {
    if (this.settled) return;
    this.settled = true;
    this.onSettled(error);
    this.onFailure(error);
  }

  /** Another writer came first. */
  conflict(actual: Revision): void {
    this.fail(new WrongExpectedRevision(this.stream, this.expected, actual));
  }

  /** No time is left: says no more than is known. */
  giveUp(): void {
    this.fail(
      this.inDoubt
        ? new OutcomeUnknown(`it is not known whether an append to ${this.stream} was stored`)
        : new EventStoreUnavailable('the event store was not reached in time; nothing was appended'),
    );
  }
}
