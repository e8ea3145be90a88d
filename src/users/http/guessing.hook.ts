import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientAddress, networkOf } from '../../http/client-address.js';
import type { RateLimiter } from '../../http/rate-limiter.js';

/** Where a token stands in for an API key, by the pattern that matched. */
const GUESSED_AT = '/v2/invitations/accept';

/**
 * Whoever guesses at tokens counts with those who guess at API keys, by address. Taken before it is known whether the
 * token is any good, and given back where it is, or where there was none to look up.
 */
export function limitGuesses(fastify: FastifyInstance, failures: RateLimiter): void {
  const counted = new WeakSet<FastifyRequest>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.url === GUESSED_AT) {
      failures.take(networkOf(clientAddress(request)));
      counted.add(request);
    }
    done();
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (counted.has(request)) {
      const network = networkOf(clientAddress(request));
      if (reply.statusCode !== 404) failures.giveBack(network);
      else reply.headers(failures.headers(network));
    }
    done();
  });
}
