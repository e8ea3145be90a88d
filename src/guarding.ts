import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from './event-sourcing/clock.js';
import { LastSeen } from './event-sourcing/last-seen.js';
import { InvalidRequest } from './http/invalid-request.js';
import { acceptJsonOnly } from './http/json-body.js';
import { allowedMethods, MethodNotAllowed } from './http/method-not-allowed.js';
import { RateLimiter } from './http/rate-limiter.js';
import type { Settings } from './settings.js';
import { Refusals } from './users/commands/refusals.js';
import { authenticate, type RateLimits } from './users/http/authentication.hook.js';
import { keepRefusal } from './users/http/keep-refusals.js';
import { Authentication } from './users/queries/authenticate.js';

/** Routes that ask for no API key: by the pattern that matched, never by the path as spelt. */
const PUBLIC = /^\/(health\/(live|ready)|metrics|(openapi|asyncapi)\.json|docs(\/.*)?|(v2\/)?invitations\/accept)$/;

/** How much of anybody is taken. */
export type Rates = Pick<Settings, 'rateLimitPerKey' | 'rateLimitFailedAuth'>;

/** Rejects for a request without a good key; else it is known from then on whose it is. */
type Authenticated = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** A limiter for each rate that is limited. */
export const limitersOf = ({ rateLimitPerKey, rateLimitFailedAuth }: Rates): RateLimits => ({
  ...(rateLimitPerKey > 0 && { perKey: new RateLimiter('per-key', rateLimitPerKey) }),
  ...(rateLimitFailedAuth > 0 && { failedAuthentication: new RateLimiter('failed-auth', rateLimitFailedAuth) }),
});

/** Asks for API keys, notes when each was used, and keeps the refusals that are to be audited. */
export function authenticating(app: NestFastifyApplication, limiters: RateLimits): Authenticated {
  const [refusals, lastSeen, clock] = [app.get(Refusals), app.get(LastSeen), app.get(Clock)];
  const principalOf = authenticate(app.get(Authentication), limiters, (apiKeyId) => {
    lastSeen.note(apiKeyId, clock.now());
  });
  return (request, reply) =>
    principalOf(request, reply).catch(async (refusal: unknown) => {
      await keepRefusal(refusal, request, refusals);
      throw refusal;
    });
}

/** Refuses what cannot be answered, before anything else happens to it: a request without a host, a key or a method there is. */
export function guardRequests(fastify: FastifyInstance, authenticated: Authenticated): void {
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
