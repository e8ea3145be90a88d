import { type AllStreamSubscription, type EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client';
import { UnreadableEvent } from '../../event-sourcing/errors.js';
import type { Delivery, StreamPrefixes } from '../../event-sourcing/event-store.js';
import type { Position, Recorded } from '../../event-sourcing/fact.js';
import type { Codec } from './codec.js';
import { positionOf, type StoredEvent } from './decode.js';
import { guardTransform } from './guard-transform.js';
import { type Arrival, Pull } from './pull.js';

/** How far a subscription has come, across the calls it takes. */
export type Reached = {
  /** Where to go on: the last event delivered, or a checkpoint after it. */
  position: Position | undefined;
  /** The last event delivered. Only what is not after this is a repetition. */
  event: Position | undefined;
};

type Item = Readonly<{ event?: StoredEvent }> | Readonly<{ checkpoint: Position }> | 'caught up' | 'fell behind';

/** One call of a subscription, from its start to its drop. */
export class SubscriptionLeg {
  confirmed = false;
  caughtUp = false;
  /** How far the server says it has looked. */
  seen: Position | undefined;
  private trustsCheckpoints = true;
  private failure: UnreadableEvent | undefined;
  private readonly source: AllStreamSubscription;
  private readonly pull: Pull<Item | UnreadableEvent>;

  constructor(
    client: EventStoreDBClient,
    prefixes: StreamPrefixes,
    private readonly reached: Reached,
    private readonly codec: Codec,
    private readonly deliveredAtOnce: number,
  ) {
    this.seen = reached.position;
    const from = reached.position;
    this.source = guardTransform(
      client.subscribeToAll(
        {
          fromPosition: from === undefined ? START : { commit: from, prepare: from },
          requiresLeader: true,
          filter: streamNameFilter({
            prefixes: [...prefixes],
            maxSearchWindow: 256,
            // Word of progress takes its place among the events. It must not throw: that would stall the stream.
            checkpointReached: (_, { commit }) => void this.source.push({ checkpoint: commit }),
          }),
        },
        { highWaterMark: deliveredAtOnce },
      ),
    );
    this.source.on('confirmation', () => (this.confirmed = true));
    this.source.on('caughtUp', () => this.source.push('caught up'));
    this.source.on('fellBehind', () => this.source.push('fell behind'));
    this.pull = new Pull(this.source, () => this.source.unsubscribe());
  }

  /**
   * Whatever has come since the last time, or undefined for nothing.
   *
   * @throws UnreadableEvent once everything before it was taken
   */
  take(): Delivery | undefined {
    this.stopAtFailure();
    const events: Recorded[] = [];
    let news = false;
    while (events.length < this.deliveredAtOnce && !this.failure) {
      const item = this.pull.take();
      if (item === undefined) break;
      if (this.isNews(item, events)) news = true;
    }
    if (!news) {
      this.stopAtFailure();
      return undefined;
    }
    return { events, position: this.reached.position, caughtUp: this.caughtUp && this.pull.isEmpty };
  }

  /** The log itself says so; older servers never do on their own. */
  standsAtTheEnd(): void {
    if (!this.caughtUp) this.source.push('caught up');
  }

  private stopAtFailure(): void {
    if (this.failure) throw this.failure;
  }

  arrival(ms: number): Promise<Arrival> {
    return this.pull.arrival(ms);
  }

  stop(): void {
    this.pull.stop();
  }

  private isNews(item: Item | UnreadableEvent, events: Recorded[]): boolean {
    if (item === 'caught up' || item === 'fell behind') {
      this.caughtUp = item === 'caught up';
      return this.caughtUp;
    }
    if (item instanceof UnreadableEvent) {
      this.failure = item;
      return false;
    }
    if ('checkpoint' in item) return this.checkpoint(item.checkpoint);
    return item.event !== undefined && this.event(item.event, events);
  }

  // While it catches up, a server may send a checkpoint ahead of an event that is still to come.
  private checkpoint(position: Position): boolean {
    if (this.seen === undefined || position > this.seen) this.seen = position;
    const ahead = this.reached.position === undefined || position > this.reached.position;
    if (!this.caughtUp || !this.trustsCheckpoints || !ahead) return false;
    this.reached.position = position;
    return true;
  }

  private event(stored: StoredEvent, events: Recorded[]): boolean {
    const position = positionOf(stored);
    if (position !== undefined && this.reached.event !== undefined && position <= this.reached.event) return false;
    try {
      const event = this.codec.decode(stored);
      this.reached.event = event.position;
      // Behind a checkpoint, though after the last event: the checkpoint was wrong, and so may the next one be.
      if (this.reached.position !== undefined && event.position <= this.reached.position)
        this.trustsCheckpoints = false;
      else this.reached.position = event.position;
      if (this.seen === undefined || event.position > this.seen) this.seen = event.position;
      events.push(event);
      return true;
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      this.failure = error;
      return false;
    }
  }
}
