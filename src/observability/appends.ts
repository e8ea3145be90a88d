import type { MeasuredEventStore } from './measured-event-store.js';
import { byLabel, type PrometheusMetrics } from './prometheus-metrics.js';

/** Appends on their way, as the adapter of the event store knows them. */
export type Appending = Readonly<{
  inFlight: number;
  waiting: number;
  inDoubt: number;
  resolved: Readonly<Record<'stored' | 'not_stored' | 'unknown', number>>;
}>;

/** The streams of one aggregate, and what is counted there. */
type Streams = Readonly<{
  aggregate: Readonly<{ category: string }>;
  counts: Readonly<{ remembered: number; read: number; redecided: number }>;
}>;

/** What is written to the event store, and how that goes. */
export function aboutAppends(metrics: PrometheusMetrics, store: MeasuredEventStore, appending: () => Appending): void {
  const { durations, outcomes } = store;
  metrics.histogram('append_duration_seconds', 'Appends, with all their attempts and their wait for a turn', durations);
  metrics.counters('appends_total', 'Appends by how they ended', ['outcome'], () => byLabel('outcome', outcomes));
  metrics.gauge('appends_in_flight', 'Appends handed to the client of the event store', () => appending().inFlight);
  metrics.gauge('appends_waiting', 'Appends waiting for their turn', () => appending().waiting);
  metrics.gauge(
    'appends_in_doubt',
    'Appends that may be stored, though no answer has said so yet',
    () => appending().inDoubt,
  );
  const resolved = 'Appends once in doubt, by what came out in time; unknown: nothing did, and the caller was told so';
  metrics.counters('appends_resolved_total', resolved, ['resolution'], () =>
    byLabel('resolution', appending().resolved),
  );
  const writes = 'Whether the event store takes appends: 0 where it is not reached, or refuses them, as on a full disk';
  metrics.gauge('event_store_writable', writes, async () => Number(await store.writable()));
}

/** How decisions come to the state they are made on. */
export function aboutStreams(metrics: PrometheusMetrics, all: readonly Streams[]): void {
  const redecided = 'Groups of commands decided anew, because another writer came first';
  metrics.counters('streams_redecided_total', redecided, ['category'], () =>
    all.map(({ aggregate: { category }, counts }) => [{ category }, counts.redecided] as const),
  );
}

type Hits = Readonly<{ hit: number; miss: number }>;

/** Caches by name, and whether they had what was asked for. */
export function aboutCaches(
  metrics: PrometheusMetrics,
  caches: Readonly<Record<string, Hits>>,
  streams: readonly Streams[],
): void {
  metrics.counters('cache_requests_total', 'Look-ups in caches', ['cache', 'result'], () => {
    const aggregates = streams.map(({ aggregate: { category }, counts: { remembered: hit, read: miss } }) => {
      return [`aggregate_${category}`, { hit, miss }] as const;
    });
    return [...Object.entries(caches), ...aggregates].flatMap(([cache, { hit, miss }]) => [
      [{ cache, result: 'hit' }, hit] as const,
      [{ cache, result: 'miss' }, miss] as const,
    ]);
  });
}
