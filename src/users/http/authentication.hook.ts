import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress, networkOf } from '../../http/client-address.js';
import type { RateLimiter } from '../../http/rate-limiter.js';
import type { Actor } from '../domain/actor.js';
import type { Authentication, Principal } from '../queries/authenticate.js';

declare module 'fastify' {
  // Merging with the declaration there takes an interface.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface FastifyRequest {
    /** Whose request it is; set before anything else happens to it, on every route that is not public. */
    principal: Principal | null;
  }
}

/** No usable API key came with the request. */
export class Unauthenticated extends Error {
  readonly code = 'unauthenticated';
}

/** The key's owner has neither developer permission nor the account admin role. */
export class ApiNotAllowed extends Error {
  readonly code = 'api-not-allowed';
  constructor(readonly actor: Actor) {
    super('the owner of the key may not use the API');
  }
}

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** The API key that came with a request, as it stands there. */
export const bearerKey = (request: FastifyRequest): string | undefined =>
  BEARER.exec(request.headers.authorization ?? '')?.[1];

/** How much is too much: requests by an API key, and failed attempts to authenticate by an address. */
export type RateLimits = Readonly<{ perKey?: RateLimiter; failedAuthentication?: RateLimiter }>;

/**
 * Takes the API key out of a request and notes whose it is. Which requests are asked for one is the caller's to say.
 *
 * An address that has failed too often is refused before anything is looked up; but not those whose keys are known
 * already, who may share the address with it.
 *
 * @param used is told of each key that was good for a request
 * @throws Unauthenticated | ApiNotAllowed | RateLimited | ReadModelUnavailable
 */
export function authenticate(
  authentication: Pick<Authentication, 'principal' | 'remembered'>,
  { perKey, failedAuthentication: failures }: RateLimits,
  used: (apiKeyId: string) => void,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  async function lookUp(key: string | undefined, request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    const network = networkOf(clientAddress(request));
    // Taken before it is known whether it fails: requests on their way together are no way around.
    failures?.take(network);
    const found = await authentication.principal(key);
    if (found) {
      failures?.giveBack(network);
      return found;
    }
    if (failures) reply.headers(failures.headers(network));
    throw new Unauthenticated();
  }
  return async (request, reply) => {
    const key = bearerKey(request);
    const remembered = key === undefined ? undefined : authentication.remembered(key);
    const known = remembered instanceof Promise ? await remembered : remembered;
    const principal = known ?? (await lookUp(key, request, reply));
    const { apiKeyId } = principal.actor;
    perKey?.take(apiKeyId);
    if (perKey) reply.headers(perKey.headers(apiKeyId));
    if (!principal.mayUseApi) throw new ApiNotAllowed(principal.actor);
    used(apiKeyId);
    request.principal = principal;
  };
}
