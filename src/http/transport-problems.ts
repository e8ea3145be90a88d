import type { ProblemKind, ProblemTable } from './problem.js';

const RETRY_SOON = { 'retry-after': '1' };

/** What can go wrong before any command or query is asked, whatever the service does. */
export const transportProblems = {
  'invalid-request': { status: 400, title: 'Invalid request', detail: 'The request is not as documented.' },
  'malformed-request': { status: 400, title: 'Malformed request', detail: 'The request could not be parsed.' },
  'not-found': { status: 404, title: 'Not found', detail: 'There is nothing at this path.' },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This path does not support the method; see Allow.',
  },
  'request-timeout': { status: 408, title: 'Request timeout', detail: 'The request did not arrive in time.' },
  'content-too-large': { status: 413, title: 'Content too large', detail: 'The body is larger than 16 KiB.' },
  'uri-too-long': { status: 414, title: 'URI too long', detail: 'The path is too long.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json in UTF-8.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    detail: 'More requests than the rate allows; Retry-After says when there is room again.',
  },
  'header-fields-too-large': {
    status: 431,
    title: 'Header fields too large',
    detail: 'The header fields are too large.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here; the request_id names it in the log.',
  },
  'shutting-down': {
    status: 503,
    title: 'Shutting down',
    detail: 'This instance is going down; try again.',
    headers: RETRY_SOON,
  },
} as const satisfies ProblemTable;

const byStatus = new Map<number, string>(
  Object.entries(transportProblems)
    .filter(([code]) => code !== 'invalid-request')
    .map(([code, kind]: [string, ProblemKind]) => [kind.status, code]),
);

/** The code for an error that only carries an HTTP status. */
export const codeForStatus = (status: number): string =>
  byStatus.get(status) ?? (status >= 400 && status < 500 ? 'malformed-request' : 'internal-error');
