import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { InvalidRequest } from './invalid-request.js';

const MAX_BODY_BYTES = 16 * 1024;
const MAX_DEPTH = 8;
const MAX_KEYS = 64;

/**
 * Takes JSON in UTF-8 and nothing else. Depth and keys are limited before anything walks the value: validation recurses,
 * and reports every unknown key.
 */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i,
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (request, body, done) => {
      const bytes = body as Buffer;
      if (!isUtf8(bytes)) {
        done(new InvalidRequest('body', 'must be UTF-8'));
        return;
      }
      void parse(request, bytes.toString('utf8'), (error, value) => {
        const fault = error ? undefined : shapeFault(value);
        done(fault ? new InvalidRequest('body', fault) : error, value);
      });
    },
  );
}

function shapeFault(value: unknown): string | undefined {
  let keys = 0;
  let level: unknown[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      if (depth > MAX_DEPTH) return `must not be nested deeper than ${MAX_DEPTH} levels`;
      const members = Object.values(item);
      keys += members.length;
      if (keys > MAX_KEYS) return `must not have more than ${MAX_KEYS} members`;
      next.push(...(members as unknown[]));
    }
    level = next;
  }
  return undefined;
}
