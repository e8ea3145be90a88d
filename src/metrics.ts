import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Resources } from './app.module.js';
import { ConsumerGroups } from './event-sourcing/consumer-groups.js';
import type { AnyFact } from './event-sourcing/fact.js';
import type { ProblemFilter } from './http/problem.filter.js';
import type { RateLimiter } from './http/rate-limiter.js';
import type { AggregateStreams } from './infrastructure/event-store/aggregate-streams.js';
import { Projecting } from './infrastructure/projector/projecting.js';
import { CachedRows } from './infrastructure/read-model/cached-rows.js';
import { aboutAppends, aboutCaches, aboutStreams } from './observability/appends.js';
import { aboutFeed, aboutRefusals } from './observability/callers.js';
import type { Commands } from './observability/commands.js';
import { aboutGroups } from './observability/consumer-groups.js';
import type { MeasuredEventStore } from './observability/measured-event-store.js';
import { aboutProjections } from './observability/projections.js';
import type { PrometheusMetrics } from './observability/prometheus-metrics.js';
import { aboutRequests, type Requests } from './observability/requests.js';
import { aboutStorage } from './observability/storage.js';
import type { Traces } from './observability/traces.js';
import { AccountStreams, ApiKeyStreams, EmailClaimStreams, UserStreams } from './users/commands/streams.js';
import { EventStreams } from './users/http/event-streams.js';
import { Authentication } from './users/queries/authenticate.js';
import { readModel } from './users/users.module.js';

const AGGREGATES = [UserStreams, ApiKeyStreams, AccountStreams, EmailClaimStreams];

/** Where numbers come from: the application, what watches it, and what it stands on. */
export type Measured = Readonly<{
  app: NestFastifyApplication;
  fastify: FastifyInstance;
  resources: Resources;
  eventStore: MeasuredEventStore;
  requests: Requests;
  commands: Commands;
  problems: ProblemFilter;
  limiters: readonly RateLimiter[];
  traces: Traces;
}>;

/** Registers every metric of the service; docs/observability.md lists them. */
export function describeService(metrics: PrometheusMetrics, measured: Measured): void {
  const { app, fastify, resources, eventStore, requests, commands, problems, limiters, traces } = measured;
  const authentication = app.get(Authentication);
  const streams = AGGREGATES.map((token) => app.get<unknown, AggregateStreams<unknown, AnyFact>>(token));
  const { backlog, appending, dataDir } = resources;
  aboutRequests(metrics, fastify, requests);
  aboutRefusals(metrics, problems.counts, authentication.refused, limiters);
  commands.about(metrics);
  aboutAppends(metrics, eventStore, appending);
  aboutStreams(metrics, streams);
  aboutCaches(metrics, { rows: app.get(CachedRows).counts, api_keys: authentication.counts }, streams);
  aboutProjections(metrics, { projector: app.get(Projecting), eventStore, backlog, streams: readModel.streams });
  aboutFeed(metrics, app.get(EventStreams));
  aboutGroups(metrics, app.get(ConsumerGroups));
  aboutStorage(metrics, dataDir);
  const lost = 'Batches of spans that the collector did not take';
  metrics.counter('trace_export_failures_total', lost, () => traces.failures);
}
