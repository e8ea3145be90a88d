import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { type ConsumerGroup, ConsumerGroups } from './event-sourcing/consumer-groups.js';
import { EventStore } from './event-sourcing/event-store.js';
import { Metrics } from './http/metrics.controller.js';
import { Projecting } from './infrastructure/projector/projecting.js';
import { EventStreams } from './users/http/event-streams.js';

/** Whoever asks more often gets what was told last: asking the store is work, and anybody may read metrics. */
const TOLD_AGAIN_MS = 1_000;

/**
 * Metrics of the service, of its feed, and of the groups of consumers that the store keeps. How far anybody lags is asked
 * of the store itself: a subscription that is stuck does not know it.
 */
@Injectable()
export class ServiceMetrics extends Metrics {
  private readonly registry = new Registry();
  private told: { at: number; text: Promise<string> } | undefined;

  constructor(
    private readonly eventStore: EventStore,
    private readonly groups: ConsumerGroups,
    private readonly projector: Projecting,
    private readonly streams: EventStreams,
  ) {
    super();
    collectDefaultMetrics({ register: this.registry });
    this.aboutFeed();
    this.aboutProjections();
    this.aboutGroups();
  }

  override text(): Promise<string> {
    const now = performance.now();
    if (!this.told || now - this.told.at > TOLD_AGAIN_MS) this.told = { at: now, text: this.registry.metrics() };
    return this.told.text;
  }

  private gauge<L extends string = never>(
    name: string,
    help: string,
    collect: (gauge: Gauge<L>) => void | Promise<void>,
    labelNames: readonly L[] = [],
  ): void {
    const registers = [this.registry];
    new Gauge<L>({
      ...{ name: `user_ledger_${name}`, help, labelNames, registers },
      collect() {
        return collect(this);
      },
    });
  }

  private counter(name: string, help: string, count: () => number): void {
    new Counter({
      ...{ name: `user_ledger_${name}`, help, registers: [this.registry] },
      collect() {
        this.reset();
        this.inc(count());
      },
    });
  }

  private aboutFeed(): void {
    const clients = (gauge: Gauge<'state'>): void => {
      const { all, live } = this.streams.size;
      gauge.set({ state: 'live' }, live);
      gauge.set({ state: 'catching_up' }, all - live);
    };
    this.gauge('feed_clients', 'Clients of the feed', clients, ['state']);
    const { counts } = this.streams;
    this.counter('feed_events_sent_total', 'New events handed on to clients of the feed', () => counts.sent);
    const dropped = 'Clients of the feed dropped because they took too little';
    this.counter('feed_clients_dropped_total', dropped, () => counts.dropped);
  }

  private aboutProjections(): void {
    this.gauge('projection_position', 'The last position told to the read model', (gauge) => {
      gauge.set(Number(this.projector.position));
    });
    this.gauge('projection_live', 'Whether the read model is told what happens', (gauge) => {
      gauge.set(this.projector.state === 'live' ? 1 : 0);
    });
    this.gauge('projection_owner', 'Whether it is this process that tells the read model', (gauge) => {
      gauge.set(this.projector.owns ? 1 : 0);
    });
    const head = 'The last position of the log; absent while the store does not answer';
    this.gauge('event_store_head_position', head, async (gauge) => {
      const position = await this.eventStore.head().catch(() => undefined);
      if (position === undefined) gauge.remove();
      else gauge.set(Number(position));
    });
  }

  private aboutGroups(): void {
    let groups: Promise<readonly ConsumerGroup[] | undefined>;
    this.gauge('consumer_groups_known', 'Whether the store told of its groups of consumers', async (gauge) => {
      // Asked once for all that follow: prom-client collects in the order of registration.
      groups = this.groups.list().catch(() => undefined);
      gauge.set((await groups) ? 1 : 0);
    });
    const each = (name: string, help: string, of: (group: ConsumerGroup) => number | bigint | undefined): void => {
      const collect = async (gauge: Gauge<'stream' | 'group'>): Promise<void> => {
        const known = await groups;
        gauge.reset();
        for (const group of known ?? []) {
          const value = of(group);
          if (value !== undefined) gauge.set({ stream: group.stream, group: group.group }, Number(value));
        }
      };
      this.gauge(`consumer_group_${name}`, help, collect, ['stream', 'group']);
    };
    each('lag_events', 'Events after the last checkpoint of a group', ({ lag }) => lag);
    each('parked_events', 'Events put aside, for a person to look at', ({ parked }) => parked);
    each('retrying_events', 'Events waiting to be tried again', ({ retrying }) => retrying);
    each('in_flight_events', 'Events given to consumers and not yet answered', ({ inFlight }) => inFlight);
    each('connections', 'Consumers connected', ({ connections }) => connections.length);
  }
}
