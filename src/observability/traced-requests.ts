import type { FastifyInstance, FastifyRequest } from 'fastify';
import { traceparentOf } from '../http/traceparent.js';
import type { DebugLog } from './commands.js';
import { type Span, type Traces, traceIdOf } from './traces.js';

/** A span for each request, below the one that its `traceparent` names. Only where traces are wanted. */
export function traceRequests(fastify: FastifyInstance, traces: Traces): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const route = routeOf(request);
    const span = traces.begin(`${method} ${route}`, 'server', traceparentOf(request), {
      'http.request.method': method,
      'http.route': route,
    });
    if (span) {
      request.traceparent = span.traceparent;
      spans.set(request, span);
    }
    done();
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    spans.get(request)?.end({ 'http.response.status_code': statusCode }, statusCode >= 500);
    done();
  });
}

/** A line for each request, at debug level: by its route, never by its path, which may hold anything. */
export function logRequests(fastify: FastifyInstance, log: DebugLog): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const about = { requestId: request.id, ...traceIdOf(request.traceparent ?? traceparentOf(request)) };
    const { method } = request;
    const ms = Math.round(reply.elapsedTime * 1e3) / 1e3;
    log.debug({ ...about, method, route: routeOf(request), status: reply.statusCode, ms }, 'a request was answered');
    done();
  });
}

const routeOf = (request: FastifyRequest): string =>
  request.is404 ? '(none)' : (request.routeOptions.url ?? '(none)');
