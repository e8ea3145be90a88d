import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { TrustProxy } from './client-address.js';
import { problemDetails } from './problem.js';
import { transportProblems } from './transport-problems.js';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,128}$/;
/** A request that has not arrived whole by then never will: half a body otherwise holds the server open for ever. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Node looks for requests that are late only so often: every half minute, unless told otherwise. */
const LOOKS_FOR_LATE_EVERY_MS = 1_000;
const MAX_REQUESTS_PER_SOCKET = 100_000;
/** As long as Node lets a request line be: an id of any length is judged as an id. */
const MAX_PARAM_LENGTH = 16 * 1024;

/** The caller's own id for the request where it is usable, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && VISIBLE_ASCII.test(given) ? given : randomUUID();
}

const CLIENT_ERRORS: Readonly<Record<string, keyof typeof transportProblems>> = {
  HPE_HEADER_OVERFLOW: 'header-fields-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** The answer to what is not even HTTP: there is no request yet, and so no reply to answer it with. */
function rawAnswer(code: keyof typeof transportProblems): string {
  const kind = transportProblems[code];
  const id = randomUUID();
  const body = JSON.stringify(problemDetails(code, kind, { path: '/', id }));
  const head = [
    `HTTP/1.1 ${kind.status} ${STATUS_CODES[kind.status] ?? ''}`,
    `x-request-id: ${id}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Answers a request whose path cannot be decoded; no hook runs for one. */
type OnBadPath = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;

/** Fastify with limits on everything a stranger can send, and problem details for what fails before it has a route. */
export function httpServer(onBadPath: OnBadPath, trustProxy: TrustProxy): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    trustProxy: trustProxy && [...trustProxy],
    genReqId: requestId,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxRequestsPerSocket: MAX_REQUESTS_PER_SOCKET,
    return503OnClosing: false,
    http: {
      // Node answers a missing Host before anyone can add a body; a hook of ours does instead.
      requireHostHeader: false,
      connectionsCheckingInterval: LOOKS_FOR_LATE_EVERY_MS,
      // Of the two times Node gives the longer one to the whole, whichever is called what.
      headersTimeout: REQUEST_TIMEOUT_MS,
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    clientErrorHandler(error, socket) {
      if (socket.writable) socket.end(rawAnswer(CLIENT_ERRORS[error.code] ?? 'malformed-request'));
    },
    frameworkErrors: onBadPath,
  });
}
