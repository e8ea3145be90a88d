import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../event-sourcing/log.js';
import { type FieldError, problemDetails, type ProblemKind, type ProblemTable } from './problem.js';
import { codeForStatus, transportProblems } from './transport-problems.js';

type Failure = {
  code?: unknown;
  statusCode?: unknown;
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
};

/** Answers every error, of every layer, with problem details; what no one foresaw is a 500 that tells nothing. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
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
    if (kind.status === 500) this.log.error({ requestId: request.id, error: describe(error) }, 'a request failed');
    const path = request.url.split('?', 1)[0] ?? '/';
    void reply
      .code(kind.status)
      .headers({ ...kind.headers, ...failure.headers, 'content-type': 'application/problem+json' })
      .send(JSON.stringify(problemDetails(code, kind, { path, id: request.id }, failure.errors)));
  }

  private codeOf(error: unknown, failure: Failure): string {
    if (typeof failure.code === 'string' && Object.hasOwn(this.kinds, failure.code)) return failure.code;
    if (error instanceof HttpException) return codeForStatus(error.getStatus());
    return typeof failure.statusCode === 'number' ? codeForStatus(failure.statusCode) : 'internal-error';
  }
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : 'not an Error');
