import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from './event-sourcing/clock.js';
import { LastSeen } from './event-sourcing/last-seen.js';
import { Rows, Receipts } from './event-sourcing/read-model.js';
import { AppModule, type Resources } from './app.module.js';
import { describeService } from './metrics.js';
import { Commands, type DebugLog } from './observability/commands.js';
import { MeasuredEventStore } from './observability/measured-event-store.js';
import { traceProjections } from './observability/projections.js';
import { PrometheusMetrics } from './observability/prometheus-metrics.js';
import { Requests } from './observability/requests.js';
import { TracedEventStore } from './observability/traced-event-store.js';
import { logRequests, traceRequests } from './observability/traced-requests.js';
import { NO_TRACES, type Traces } from './observability/traces.js';
import { InvalidRequest } from './http/invalid-request.js';
import { acceptJsonOnly } from './http/json-body.js';
import { nestLog } from './http/nest-log.js';
import { allowedMethods, MethodNotAllowed } from './http/method-not-allowed.js';
import { publishOpenApi } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RateLimiter } from './http/rate-limiter.js';
import { httpServer } from './http/server.js';
import { Projecting } from './infrastructure/projector/projecting.js';
import type { Settings } from './settings.js';
import { Refusals } from './users/commands/refusals.js';
import { EventStreams } from './users/http/event-streams.js';
import { authenticate, type RateLimits } from './users/http/authentication.hook.js';
import { limitGuesses } from './users/http/guessing.hook.js';
import { keepRefusal } from './users/http/keep-refusals.js';
import { statusTable } from './users/http/status-table.js';
import { auditModels } from './users/http/audit.documentation.js';
import { documentedModels } from './users/http/users.documentation.js';
import { Authentication } from './users/queries/authenticate.js';

/** Routes that ask for no API key: by the pattern that matched, never by the path as spelt. */
const PUBLIC = /^\/(health\/(live|ready)|metrics|(openapi|asyncapi)\.json|docs(\/.*)?|(v2\/)?invitations\/accept)$/;

/** How far strangers are trusted, and how much of them is taken. */
type Limits = Pick<Settings, 'trustProxy' | 'rateLimitPerKey' | 'rateLimitFailedAuth'>;
type Authenticated = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

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
  const authentication = app.get(Authentication);
  const refusals = app.get(Refusals);
  const [lastSeen, clock] = [app.get(LastSeen), app.get(Clock)];
  const used = (apiKeyId: string): void => {
    lastSeen.note(apiKeyId, clock.now());
  };
  const limits = limitsOf(settings);
  const principalOf = authenticate(authentication, limits, used);
  const authenticated: Authenticated = (request, reply) =>
    principalOf(request, reply).catch(async (refusal: unknown) => {
      await keepRefusal(refusal, request, refusals);
      throw refusal;
    });
  guardRequests(fastify, authenticated);
  if (limits.failedAuthentication) limitGuesses(fastify, limits.failedAuthentication);
  app.useGlobalFilters(problems);
  publishOpenApi(app, [...documentedModels, ...auditModels]);
  await app.get(Receipts).open();
  await lastSeen.open();
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

const limitsOf = ({ rateLimitPerKey, rateLimitFailedAuth }: Limits): RateLimits => ({
  ...(rateLimitPerKey > 0 && { perKey: new RateLimiter('per-key', rateLimitPerKey) }),
  ...(rateLimitFailedAuth > 0 && { failedAuthentication: new RateLimiter('failed-auth', rateLimitFailedAuth) }),
});

/** Before anything else happens to a request, so that one that is refused is seen too. */
function watchRequests(fastify: FastifyInstance, requests: Requests, { traces, debug }: Watched): void {
  fastify.decorateRequest('traceparent', null);
  requests.watch(fastify);
  if (traces && traces !== NO_TRACES) traceRequests(fastify, traces);
  if (debug) logRequests(fastify, debug);
}

function guardRequests(fastify: FastifyInstance, authenticated: Authenticated): void {
  acceptJsonOnly(fastify);
  const methodsOf = allowedMethods(fastify);
  fastify.decorateRequest('principal', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    // RFC 9112 §3.2 wants exactly this; Node would answer it without a body.
    const hostless = request.headers.host === undefined && request.raw.httpVersion === '1.1';
    if (hostless) reply.header('connection', 'close');
    done(hostless ? new InvalidRequest('Host', 'must be given') : undefined);
  });
  fastify.addHook('onRequest', async (request, reply) => {
    if (!isPublic(request)) await authenticated(request, reply);
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const allowed = request.is404 ? methodsOf(pathOf(request)) : [];
    done(allowed.length > 0 ? new MethodNotAllowed(allowed) : undefined);
  });
}

/** The path as the router sees it: without the origin of an absolute-form target, and decoded. */
function pathOf(request: FastifyRequest): string {
  const path = request.url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').split('?', 1)[0] ?? '/';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** What exists names itself by its route; of what does not, anything that may be meant for the API asks for a key. */
const isPublic = (request: FastifyRequest): boolean =>
  request.is404 ? !/^\/+v2(\/|$)/i.test(pathOf(request)) : PUBLIC.test(request.routeOptions.url ?? '');
