import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { problemDetails } from './problem.js';
import { codeForStatus, transportProblems } from './transport-problems.js';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,128}$/;
/** A request that has not arrived whole by then never will: half a body otherwise holds the server open for ever. */
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_REQUESTS_PER_SOCKET = 100_000;

/** The caller's own id for the request where it is usable, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && VISIBLE_ASCII.test(given) ? given : randomUUID();
}

type RawProblem = Readonly<{ status: number; body: string }>;

function rawProblem(code: keyof typeof transportProblems, path: string): RawProblem {
  const kind = transportProblems[code];
  return { status: kind.status, body: JSON.stringify(problemDetails(code, kind, { path, id: randomUUID() })) };
}

const CLIENT_ERRORS: Readonly<Record<string, keyof typeof transportProblems>> = {
  HPE_HEADER_OVERFLOW: 'header-fields-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** Fastify with limits on everything a stranger can send, and problem details for what fails before it has a request. */
export function httpServer(): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    genReqId: requestId,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
    maxRequestsPerSocket: MAX_REQUESTS_PER_SOCKET,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler(error, socket) {
      if (!socket.writable) return;
      const { status, body } = rawProblem(CLIENT_ERRORS[error.code] ?? 'malformed-request', '/');
      const head = `HTTP/1.1 ${status} Error\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}`;
      socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
    },
    frameworkErrors(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
      const code = codeForStatus(error.statusCode ?? 400) as keyof typeof transportProblems;
      const { status, body } = rawProblem(code, request.url.split('?', 1)[0] ?? '/');
      void reply.code(status).header('content-type', 'application/problem+json').send(body);
    },
  });
}
