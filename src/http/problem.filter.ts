import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../event-sourcing/log.js';
import { type FieldError, problemDetails, type ProblemKind, type ProblemTable } from './problem.js';
import { traceparentOf } from './traceparent.js';
import { codeForStatus, transportProblems } from './transport-problems.js';

const SPEAKS_OF_PROGRAMS = new Set(['TypeError', 'RangeError', 'ReferenceError']);

type Failure = {
  code?: unknown;
  statusCode?: unknown;
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
};

/** Answers every error, of every layer, with problem details; what no one foresaw is a 500 that tells nothing. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** Answers given, by code. */
  readonly counts = new Map<string, number>();
  private readonly kinds: ProblemTable;

  constructor(
    kinds: ProblemTable,
    private readonly log: Log,
  ) {
    this.kinds = { ...transportProblems, ...kinds };
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const failure = (typeof error === 'object' && error !== null ? error : {}) as Failure;
    const code = this.codeOf(error, failure);
    const kind: ProblemKind = this.kinds[code] ?? transportProblems['internal-error'];
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
    if (kind.status === 500) this.log.error(this.about(error, request), 'a request failed');
    const path = request.url.split('?', 1)[0] ?? '/';
    void reply
      .code(kind.status)
      .headers({ ...kind.headers, ...failure.headers, 'content-type': 'application/problem+json' })
      .send(JSON.stringify(problemDetails(code, kind, { path, id: request.id }, failure.errors)));
  }

  private about(error: unknown, request: FastifyRequest): object {
    const traceparent = request.traceparent ?? traceparentOf(request);
    return { requestId: request.id, ...(traceparent && { traceId: traceparent.slice(3, 35) }), error: describe(error) };
  }

  private codeOf(error: unknown, failure: Failure): string {
    if (typeof failure.code === 'string' && Object.hasOwn(this.kinds, failure.code)) return failure.code;
    if (error instanceof HttpException) return codeForStatus(error.getStatus());
    return typeof failure.statusCode === 'number' ? codeForStatus(failure.statusCode) : 'internal-error';
  }
}

/**
 * What an error nobody foresaw is, and where it comes from. A message stays where the language itself made it of the names in
 * a program; those of parsers and databases quote what they were given.
 */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'not an Error';
  const said = SPEAKS_OF_PROGRAMS.has(error.constructor.name) ? `: ${error.message}` : '';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  return [`${error.name}${code}${said}`, ...frames].join('\n');
}
