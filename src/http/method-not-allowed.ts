import type { FastifyInstance } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';

/** The path exists, the method does not: RFC 9110 §15.5.6 wants `Allow` with it. */
export class MethodNotAllowed extends Error {
  readonly code = 'method-not-allowed';
  readonly headers: Readonly<Record<string, string>>;
  constructor(allowed: readonly string[]) {
    super('method not allowed');
    this.headers = { allow: allowed.join(', ') };
  }
}

/** Tells which methods a path supports. Fastify does not, so the routes are noted as they are added. */
export function allowedMethods(fastify: FastifyInstance): (path: string) => string[] {
  const router = findMyWay();
  const methods = new Set<string>();
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (router.hasRoute(each as HTTPMethod, url)) continue;
      methods.add(each);
      router.on(each as HTTPMethod, url, () => undefined);
    }
  });
  return (path) => [...methods].filter((method) => router.find(method as HTTPMethod, path) !== null).sort();
}
