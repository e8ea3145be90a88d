import type { FastifyInstance } from 'fastify';
import { Distribution, SECONDS } from '../event-sourcing/distribution.js';
import type { PrometheusMetrics } from './prometheus-metrics.js';

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
/** What no route matched. Its path may hold anything, and its method too. */
const NO_ROUTE = '(none)';

type Labels = Readonly<{ method: string; route: string; status_class: string }>;

/** How long requests took, by the pattern of their route and the class of their status: all bounded, whatever is sent. */
export class Requests {
  readonly all: (readonly [Labels, Distribution])[] = [];
  /** By route, then by method and class in the order they came up. */
  private readonly known = new Map<string, Map<string, Distribution[]>>();

  /** Watches every request that reaches a route, or finds none, from its arrival to the end of the answer. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.is404 ? NO_ROUTE : (request.routeOptions.url ?? NO_ROUTE);
      this.of(route, request.is404 ? 'any' : request.method, reply.statusCode).observe(reply.elapsedTime / 1000);
      done();
    });
  }

  private of(route: string, method: string, status: number): Distribution {
    const index = Math.floor(status / 100) - 1;
    const known = this.known.get(route)?.get(method)?.[index];
    if (known) return known;
    const made = new Distribution(SECONDS);
    const methods = this.known.get(route) ?? new Map<string, Distribution[]>();
    const classes = methods.get(method) ?? [];
    classes[index] = made;
    this.known.set(route, methods.set(method, classes));
    this.all.push([{ method, route, status_class: CLASSES[index] ?? 'other' }, made]);
    return made;
  }
}

export function aboutRequests(metrics: PrometheusMetrics, fastify: FastifyInstance, requests: Requests): void {
  metrics.histograms(
    'http_request_duration_seconds',
    'HTTP requests, from arrival to the end of the answer, by route pattern and class of status',
    () => requests.all,
  );
  metrics.gauge(
    'http_connections',
    'Open connections of callers',
    () =>
      new Promise<number>((resolve) => {
        fastify.server.getConnections((_error, count) => {
          resolve(count);
        });
      }),
  );
}
