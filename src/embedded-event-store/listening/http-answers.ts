import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { HttpAnswer, HttpRequest } from './endpoints.js';

/** Decides what a request is answered with. */
export type Answering = (request: HttpRequest) => HttpAnswer;

/** Answers over HTTP/1.1. */
export function answerHttp1(request: IncomingMessage, response: ServerResponse, answering: Answering): void {
  const { method = '', url = '', headers } = request;
  const { host = '', authorization } = headers;
  const answer = answering({ method, path: url, authority: host, authorization });
  // No endpoint wants a body: what comes of one is read and forgotten.
  request.resume();
  response.writeHead(answer.status, { ...answer.headers, ...lengthOf(answer) });
  response.end(method === 'HEAD' ? undefined : answer.body);
}

/** Answers over HTTP/2, between calls on the same connection. */
export function answerHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, answering: Answering): void {
  // A client that goes away before it is answered has nothing to be told.
  stream.on('error', () => undefined);
  const { ':method': method = '', ':path': path = '', ':authority': authority = '', authorization } = headers;
  const { status, headers: fields, body } = answering({ method, path, authority, authorization });
  const hasBody = body !== '' && method !== 'HEAD';
  stream.resume();
  stream.respond({ ':status': status, ...fields }, { endStream: !hasBody });
  if (hasBody) stream.end(body);
}

/** An answer that may not have a body must not tell of its length either. */
const lengthOf = ({ status, body }: HttpAnswer): Record<string, number> =>
  status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
