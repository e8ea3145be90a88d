import type { ConsumerGroup, ConsumerGroups } from '../event-sourcing/consumer-groups.js';
import type { PrometheusMetrics } from './prometheus-metrics.js';

/** The groups of consumers that the store keeps: how far each lags, and what it has put aside. */
export function aboutGroups(metrics: PrometheusMetrics, groups: ConsumerGroups): void {
  // Asked once for all that follow: prom-client collects in the order of registration.
  let asked: Promise<readonly ConsumerGroup[] | undefined> = Promise.resolve(undefined);
  metrics.gauge('consumer_groups_known', 'Whether the store told of its groups of consumers', async () => {
    asked = groups.list().catch(() => undefined);
    return Number((await asked) !== undefined);
  });
  const each = (name: string, help: string, of: (group: ConsumerGroup) => number | bigint | undefined): void => {
    metrics.gauges(`consumer_group_${name}`, help, ['stream', 'group'], async () =>
      ((await asked) ?? []).flatMap((known) => {
        const value = of(known);
        return value === undefined ? [] : [[{ stream: known.stream, group: known.group }, Number(value)] as const];
      }),
    );
  };
  each('lag_events', 'Events after the last checkpoint of a group', ({ lag }) => lag);
  each('parked_events', 'Events put aside, for a person to look at', ({ parked }) => parked);
  each('retrying_events', 'Events waiting to be tried again', ({ retrying }) => retrying);
  each('in_flight_events', 'Events given to consumers and not yet answered', ({ inFlight }) => inFlight);
  each('connections', 'Consumers connected', ({ connections }) => connections.length);
}
