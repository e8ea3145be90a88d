import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LastSeen } from './event-sourcing/last-seen.js';
import { Rows, Receipts } from './event-sourcing/read-model.js';
import { AppModule, type Resources } from './app.module.js';
import { authenticating, guardRequests, limitersOf, type Rates } from './guarding.js';
import { describeService } from './metrics.js';
import { Commands, type DebugLog } from './observability/commands.js';
import { MeasuredEventStore } from './observability/measured-event-store.js';
import { traceProjections } from './observability/projections.js';
import { PrometheusMetrics } from './observability/prometheus-metrics.js';
import { Requests } from './observability/requests.js';
import { TracedEventStore } from './observability/traced-event-store.js';
import { logRequests, traceRequests } from './observability/traced-requests.js';
import { NO_TRACES, type Traces } from './observability/traces.js';
import { nestLog } from './http/nest-log.js';
import { publishOpenApi } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { httpServer } from './http/server.js';
import { Projecting } from './infrastructure/projector/projecting.js';
import type { Settings } from './settings.js';
import { EventStreams } from './users/http/event-streams.js';
import { limitGuesses } from './users/http/guessing.hook.js';
import { statusTable } from './users/http/status-table.js';
import { auditModels } from './users/http/audit.documentation.js';
import { documentedModels } from './users/http/users.documentation.js';

/** How far strangers are trusted, and how much of them is taken. */
type Limits = Rates & Pick<Settings, 'trustProxy'>;

/** Where spans go, and lines of requests and commands; absent: nowhere. */
export type Watched = Readonly<{ traces?: Traces; debug?: DebugLog | undefined }>;

/** The application, built but not yet listening. */
export type Service = Readonly<{
  app: NestFastifyApplication;
  fastify: FastifyInstance;
  projector: Projecting;
  commands: CommandBus;
  rows: Rows;
  metrics: PrometheusMetrics;
  /** Ends the answers that would go on for ever. */
  endStreams: () => void;
}>;

/** Builds the application and tells it all of history, or what of it can be told. */
export async function startService(opened: Resources, settings: Limits, watched: Watched = {}): Promise<Service> {
  const { traces = NO_TRACES, debug } = watched;
  const measured = new MeasuredEventStore(opened.eventStore);
  const eventStore = traces === NO_TRACES ? measured : new TracedEventStore(measured, traces);
  const resources = { ...opened, eventStore };
  const problems = new ProblemFilter(statusTable, resources.log);
  const metrics = new PrometheusMetrics();
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(resources, { measured, metrics }),
    httpServer((error, request, reply) => {
      void onBadPath(error, request, reply);
    }, settings.trustProxy),
    { logger: nestLog(resources.log), bodyParser: false, abortOnError: false },
  );
  const fastify = app.getHttpAdapter().getInstance();
  const requests = new Requests();
  const commands = new Commands(traces, debug);
  watchRequests(fastify, requests, { traces, debug });
  commands.watch(app.get(CommandBus));
  const limits = limitersOf(settings);
  const authenticated = authenticating(app, limits);
  guardRequests(fastify, authenticated);
  if (limits.failedAuthentication) limitGuesses(fastify, limits.failedAuthentication);
  app.useGlobalFilters(problems);
  publishOpenApi(app, [...documentedModels, ...auditModels]);
  await app.get(Receipts).open();
  await app.get(LastSeen).open();
  await app.init();
  await fastify.ready();
  const projector = app.get(Projecting);
  if (traces !== NO_TRACES) traceProjections(projector, traces);
  const limiters = Object.values(limits);
  describeService(metrics, {
    ...{ app, fastify, resources, eventStore: measured, requests, commands, problems, limiters, traces },
  });
  await projector.start();
  const streams = app.get(EventStreams);
  return {
    ...{ app, fastify, projector, commands: app.get(CommandBus), rows: app.get(Rows), metrics },
    endStreams: () => {
      streams.end();
    },
  };

  /** No hook runs for a path that cannot be decoded; whoever has no key learns no more than elsewhere. */
  async function onBadPath(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.header('x-request-id', request.id);
    const answer = await authenticated(request, reply).then(
      () => error,
      (refusal: unknown) => refusal,
    );
    problems.answer(answer, request, reply);
  }
}

/** Before anything else happens to a request, so that one that is refused is seen too. */
function watchRequests(fastify: FastifyInstance, requests: Requests, { traces, debug }: Watched): void {
  fastify.decorateRequest('traceparent', null);
  requests.watch(fastify);
  if (traces && traces !== NO_TRACES) traceRequests(fastify, traces);
  if (debug) logRequests(fastify, debug);
}
