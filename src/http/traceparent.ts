import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  // Merging with the declaration there takes an interface.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface FastifyRequest {
    /** What names the span of this request, where it is traced. */
    traceparent: string | null;
  }
}

/** W3C Trace Context, level 1: what later versions add behind the flags is not ours to understand. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** What the caller sent as `traceparent`, as version 00; undefined where it is not one, as the standard wants it ignored. */
export function traceparentOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const given = headers.traceparent;
  const found = typeof given === 'string' ? TRACEPARENT.exec(given) : null;
  if (!found) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = found;
  return version === '00' && more !== undefined ? undefined : `00-${traceId}-${spanId}-${flags}`;
}
