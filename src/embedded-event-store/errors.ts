import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { errorText } from './error-text.js';
import { CorruptLog, isDamage } from './stored-row.js';

/** An error that ends a call with a status and, for the client to recognise it, trailers. */
export class CallError extends Error implements ServiceError {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;

  constructor(code: status, details: string, trailers: Record<string, string> = {}) {
    // The transport percent-encodes the text, which throws on half a surrogate pair.
    const text = Buffer.from(details).toString();
    super(text);
    this.code = code;
    this.details = text;
    this.metadata = new Metadata();
    for (const [name, value] of Object.entries(trailers)) this.metadata.set(name, printable(value));
  }
}

/** Trailers carry printable ASCII; anything else in one would turn a typed error into another error. */
const printable = (value: string): string => value.replace(/[^ -~]+/g, encodeURIComponent);

export const badRequest = (reason: string): CallError => new CallError(status.INVALID_ARGUMENT, reason);

export const unavailable = (reason: string): CallError => new CallError(status.UNAVAILABLE, reason);

export const givenUp = (): CallError =>
  new CallError(status.ABORTED, 'the append was given up: the rest of it did not come in time');

export const missingMetadata = (): CallError =>
  new CallError(status.INVALID_ARGUMENT, 'required metadata properties: type, content-type', {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const tooLarge = (limit: number): CallError =>
  new CallError(status.INVALID_ARGUMENT, `maximum append size of ${limit} bytes exceeded`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': `${limit}`,
  });

export const streamDeleted = (stream: string): CallError =>
  new CallError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

/** The words a conflict has where it is an error and not an answer. */
export const wrongExpectedVersion = (stream: string, expected: string, actual: number): CallError =>
  new CallError(status.FAILED_PRECONDITION, `stream ${stream} is at ${actual}, not at ${expected}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': expected,
    'actual-version': `${actual}`,
  });

/** What a caller learns of an error nobody expected; the history it asked for must never look shorter instead. */
export function toCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  const damaged = error instanceof CorruptLog || isDamage(error);
  return new CallError(damaged ? status.DATA_LOSS : status.UNKNOWN, errorText(error).message);
}
