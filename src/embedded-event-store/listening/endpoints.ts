import type { Identify } from './access.js';
import { addressIn } from './authority.js';
import type { Address } from './authority.js';
import type { NodeDescription } from './node.js';

/** A request, of either version of HTTP. */
export type HttpRequest = {
  readonly method: string;
  readonly path: string;
  /** What the client dialled. */
  readonly authority: string;
  readonly authorization: string | undefined;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What the endpoints tell of. */
export type Told = {
  readonly node: NodeDescription;
  readonly identify: Identify;
  readonly listensAt: () => Address;
  /** Whether the node is there for its clients, and not about to stop. */
  readonly isHealthy: () => boolean;
};

type Endpoint = (request: HttpRequest, told: Told) => HttpAnswer;

const PING = { msgTypeId: 0, text: 'Ping request successfully handled' };

/** Those of the original that monitoring and scripts ask; its own clients need none. */
const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/health/live': (_, { isHealthy }) => empty(isHealthy() ? 204 : 503),
  '/ping': () => json(PING),
  '/info': (_, { node }) => json(node.info()),
  '/gossip': ({ authority }, { node, listensAt }) => {
    const { address, port } = addressIn(authority, listensAt());
    return json(node.gossip(address, port));
  },
  '/stats': ({ authorization }, { node, identify }) =>
    identify(authorization) === 'admin' ? json(node.stats()) : empty(401, { 'www-authenticate': 'Basic realm="ES"' }),
};

/** Answers everything that is asked on the port and is no call. */
export function answerTo(request: HttpRequest, told: Told): HttpAnswer {
  const path = request.path.split('?')[0] ?? '';
  const endpoint = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined;
  if (!endpoint) return empty(404);
  if (request.method !== 'GET' && request.method !== 'HEAD') return empty(405, { allow: 'GET, HEAD' });
  return endpoint(request, told);
}

const empty = (status: number, headers: Record<string, string> = {}): HttpAnswer => ({ status, headers, body: '' });

const json = (value: object): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});
