import { type Backlog, type Behind } from '../event-sourcing/backlog.js';
import { Distribution, SECONDS } from '../event-sourcing/distribution.js';
import type { EventStore } from '../event-sourcing/event-store.js';
import type { Recorded } from '../event-sourcing/fact.js';
import type { Projecting } from '../infrastructure/projector/projecting.js';
import { byLabel, type PrometheusMetrics } from './prometheus-metrics.js';
import type { Traces } from './traces.js';

const BATCHES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 4_000] as const;
const STATES = ['starting', 'catching up', 'live', 'failing', 'stopped'] as const;

type Watched = Readonly<{
  projector: Projecting;
  eventStore: EventStore;
  backlog: Backlog;
  streams: readonly string[];
}>;

/** How the read model is told. How far behind it is, is read from the log itself. */
export function aboutProjections(metrics: PrometheusMetrics, watched: Watched): void {
  const { projector, eventStore, backlog, streams } = watched;
  const [sizes, durations] = [new Distribution(BATCHES), new Distribution(SECONDS)];
  projector.onTold(({ events, ms }) => {
    sizes.observe(events.length);
    durations.observe(ms / 1000);
  });
  metrics.gauge('projection_position', 'The last position told to the read model', () => Number(projector.position));
  metrics.gauge('projection_live', 'Whether the read model is told what happens', () =>
    Number(projector.state === 'live'),
  );
  metrics.gauges('projection_state', 'What the projector does: 1 for its state, 0 for the others', ['state'], () =>
    byLabel('state', Object.fromEntries(STATES.map((state) => [state, Number(state === projector.state)]))),
  );
  metrics.gauge('projection_owner', 'Whether it is this process that tells the read model', () =>
    Number(projector.owns),
  );
  metrics.gauge(
    'projection_lease_token',
    'Under which holding of the lease this process tells; absent where it does not',
    () => (projector.token === undefined ? undefined : Number(projector.token)),
  );
  const head = 'The last position of the log; absent while the store does not answer';
  metrics.gauge('event_store_head_position', head, async () => Number((await eventStore.head()) ?? 0n));
  metrics.counter('projection_events_total', 'Events told by this process', () => projector.told);
  metrics.histogram('projection_batch_events', 'Events told in one transaction', sizes);
  metrics.histogram('projection_batch_duration_seconds', 'Batches, from their first row to their commit', durations);

  // Asked once for both that follow: prom-client collects in the order of registration.
  let behind: Promise<Behind | undefined> = Promise.resolve(undefined);
  const lag =
    'Events in the log that the read model has not been told, as far as some hundred records are looked through';
  metrics.gauge('projection_lag_events', lag, async () => {
    behind = backlog.after(streams, projector.position).catch(() => undefined);
    return (await behind)?.events;
  });
  const age =
    'Age of the oldest event that the read model has not been told, or 0; absent while the store does not answer';
  metrics.gauge('projection_lag_seconds', age, async () => (await behind)?.seconds);
}

/**
 * A span for each trace that has events in a batch, below the one its events name, as long as the batch took. Not while
 * history is told: those traces are long over.
 */
export function traceProjections(projector: Projecting, traces: Traces): void {
  projector.onTold(({ events, ms }) => {
    if (projector.state !== 'live') return;
    for (const [parent, own] of byTrace(events))
      traces
        .begin(
          'project',
          'consumer',
          parent,
          { 'user_ledger.events': own, 'user_ledger.batch_events': events.length },
          ms,
        )
        ?.end();
  });
}

function byTrace(events: readonly Recorded[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { meta } of events)
    if (meta.traceparent !== undefined) counts.set(meta.traceparent, (counts.get(meta.traceparent) ?? 0) + 1);
  return counts;
}
