import { byLabel, type PrometheusMetrics } from './prometheus-metrics.js';

type Feed = Readonly<{
  size: Readonly<{ all: number; live: number }>;
  counts: Readonly<{ sent: number; dropped: number }>;
}>;

/** What callers are refused, and why: never who. */
export function aboutRefusals(
  metrics: PrometheusMetrics,
  problems: ReadonlyMap<string, number>,
  authentication: Readonly<Record<string, number>>,
  limiters: readonly Readonly<{ name: string; refused: number }>[],
): void {
  metrics.counters(
    'http_problems_total',
    'Answers with problem details, by the last part of their type',
    ['type'],
    () => [...problems].map(([type, count]) => [{ type }, count] as const),
  );
  const failed = 'Requests that brought no good API key, by what was wrong with it';
  metrics.counters('authentication_failures_total', failed, ['kind'], () => byLabel('kind', authentication));
  metrics.counters('rate_limited_total', 'Requests refused with 429, by the name of the rate', ['rate'], () =>
    limiters.map(({ name, refused }) => [{ rate: name }, refused] as const),
  );
}

/** Clients of the feed of user events. */
export function aboutFeed(metrics: PrometheusMetrics, feed: Feed): void {
  metrics.gauges('feed_clients', 'Clients of the feed', ['state'], () => {
    const { all, live } = feed.size;
    return byLabel('state', { live, catching_up: all - live });
  });
  metrics.counter('feed_events_sent_total', 'New events handed on to clients of the feed', () => feed.counts.sent);
  const dropped = 'Clients of the feed dropped because they took too little';
  metrics.counter('feed_clients_dropped_total', dropped, () => feed.counts.dropped);
}
