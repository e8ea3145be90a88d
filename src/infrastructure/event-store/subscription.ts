import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { UnreadableEvent } from '../../event-sourcing/errors.js';
import type { Delivery, StreamPrefixes } from '../../event-sourcing/event-store.js';
import type { Position } from '../../event-sourcing/fact.js';
import { Backoff } from './backoff.js';
import type { Codec } from './codec.js';
import type { Log as Logger } from '../../event-sourcing/log.js';
import { newestOf } from './newest-of.js';
import type { ReadConnection } from './read-connection.js';
import type { Reads } from './reads.js';
import type { Limits, Timings } from './settings.js';
import { type Reached, SubscriptionLeg } from './subscription-leg.js';

/** What subscriptions share. */
export type SubscribingWith = Readonly<{
  connection: ReadConnection;
  reads: Reads;
  codec: Codec;
  timings: Timings;
  limits: Limits;
  logger: Logger;
}>;

/** A subscription that outlives its calls: whatever ends one but `signal` is a drop, an end without error too. */
export class Subscription {
  private readonly backoff: Backoff;
  private readonly reached: Reached;

  constructor(
    private readonly given: SubscribingWith,
    private readonly prefixes: StreamPrefixes,
    after: Position | undefined,
    private readonly signal: AbortSignal,
  ) {
    this.backoff = new Backoff(given.timings.resubscribeFirst, given.timings.resubscribeMost);
    this.reached = { position: after, event: after };
  }

  /** @throws UnreadableEvent once everything before it was taken */
  async *deliveries(): AsyncGenerator<Delivery, void> {
    while (!this.signal.aborted) {
      try {
        yield* this.untilDropped();
      } catch (error) {
        if (error instanceof UnreadableEvent) throw error;
        this.given.logger.warn({ error: textOf(error) }, 'a subscription was dropped and is taken up again');
      }
      await this.backoff.pause(this.signal);
    }
  }

  private async *untilDropped(): AsyncGenerator<Delivery, void> {
    const { connection, codec, limits } = this.given;
    const client = connection.client;
    const leg = new SubscriptionLeg(client, this.prefixes, this.reached, codec, limits.deliveredAtOnce);
    const stop = () => {
      leg.stop();
    };
    this.signal.addEventListener('abort', stop);
    try {
      while (await this.hasMore(leg, client)) {
        for (let next = leg.take(); next && !this.signal.aborted; next = leg.take()) {
          this.backoff.reset();
          yield next;
        }
      }
    } finally {
      this.signal.removeEventListener('abort', stop);
      leg.stop();
    }
  }

  /** Waits for something to take; false once stopped. Throws on a drop. */
  private async hasMore(leg: SubscriptionLeg, client: EventStoreDBClient): Promise<boolean> {
    for (let silent = 0; ; silent++) {
      const arrival = await leg.arrival(this.given.timings.subscriptionSilence);
      if (arrival === 'something') {
        // The client brings events singly, though many may be in the same packet: a turn lets those come along.
        await nextTurn();
        return true;
      }
      if (arrival === 'stopped') return false;
      if (arrival === 'end') throw new Error('the server ended it');
      const missing = !leg.confirmed || (await newestOf(this.given.reads, this.prefixes, leg.seen)) !== undefined;
      if (!missing) {
        leg.standsAtTheEnd();
        silent = -1;
      }
      // Once may be a coincidence: the event may be on its way.
      if (silent < 1) continue;
      this.given.connection.renew(client);
      throw new Error('it brings nothing, though there are events');
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
