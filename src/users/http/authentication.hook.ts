import type { FastifyRequest } from 'fastify';
import type { Actor } from '../domain/actor.js';
import type { Principal } from '../queries/authenticate.js';

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

/**
 * Takes the API key out of a request and notes whose it is. Which requests are asked for one is the caller's to say.
 *
 * @throws Unauthenticated | ApiNotAllowed
 */
export function authenticate(
  principalOf: (key: string) => Promise<Principal | undefined>,
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const key = bearerKey(request);
    const principal = key === undefined ? undefined : await principalOf(key);
    if (!principal) throw new Unauthenticated();
    if (!principal.mayUseApi) throw new ApiNotAllowed(principal.actor);
    request.principal = principal;
  };
}
