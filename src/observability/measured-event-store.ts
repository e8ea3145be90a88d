import { Distribution, SECONDS } from '../event-sourcing/distribution.js';
import {
  EventStoreUnavailable,
  EventTooLarge,
  OutcomeUnknown,
  Overloaded,
  WrongExpectedRevision,
} from '../event-sourcing/errors.js';
import type { Appended, NewEvent } from '../event-sourcing/event-store.js';
import { NO_STREAM, type Revision } from '../event-sourcing/fact.js';
import { EventStoreAround } from './event-store-around.js';

/** A stream that nobody writes. */
const PROBED = 'probe-writes';
const PROBE_WITHIN_MS = 2_000;
const PROBED_AGAIN_MS = 1_000;

/** The event store, with a watch on how long appends take, how they end, and whether there are any to be had. */
export class MeasuredEventStore extends EventStoreAround {
  readonly durations = new Distribution(SECONDS);
  readonly outcomes = { stored: 0, conflict: 0, unavailable: 0, unknown: 0, overloaded: 0, too_large: 0, failed: 0 };
  /** The last append to end was not answered, or was refused for no fault of its own. */
  private doubtful = false;
  private probe: { at: number; answer: Promise<boolean> } | undefined;

  override async append(stream: string, expected: Revision, events: readonly NewEvent[]): Promise<Appended> {
    const began = performance.now();
    let outcome: keyof MeasuredEventStore['outcomes'] = 'stored';
    try {
      return await this.store.append(stream, expected, events);
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      this.outcomes[outcome]++;
      if (outcome === 'stored' || outcome === 'conflict') this.doubtful = false;
      if (outcome === 'unavailable' || outcome === 'unknown') this.doubtful = true;
      this.durations.observe((performance.now() - began) / 1000);
    }
  }

  /**
   * Whether the store takes appends. Where the last one leaves doubt, one of no events is tried: it checks a revision and
   * takes the way of all others, so that a full disk refuses it too. One try a second at most, however many ask.
   */
  async writable(): Promise<boolean> {
    if (!this.doubtful) return true;
    const now = performance.now();
    if (!this.probe || now - this.probe.at > PROBED_AGAIN_MS) this.probe = { at: now, answer: this.tryToAppend() };
    return this.probe.answer;
  }

  private async tryToAppend(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, PROBE_WITHIN_MS, false);
    });
    const tried = this.append(PROBED, NO_STREAM, []).then(
      () => true,
      (error: unknown) => error instanceof WrongExpectedRevision,
    );
    return Promise.race([tried, late]).finally(() => {
      clearTimeout(timer);
    });
  }
}

function outcomeOf(error: unknown): keyof MeasuredEventStore['outcomes'] {
  if (error instanceof WrongExpectedRevision) return 'conflict';
  if (error instanceof EventStoreUnavailable) return 'unavailable';
  if (error instanceof OutcomeUnknown) return 'unknown';
  if (error instanceof Overloaded) return 'overloaded';
  return error instanceof EventTooLarge ? 'too_large' : 'failed';
}
