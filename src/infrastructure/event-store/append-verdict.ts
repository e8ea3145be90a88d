import {
  AccessDeniedError,
  isCommandError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { EventStoreUnavailable, EventTooLarge } from '../../event-sourcing/errors.js';
import { NO_STREAM, type Revision } from '../../event-sourcing/fact.js';

/** What a failed attempt to append tells. `conflict`, `refused` and `declined` say for certain that it stored nothing. */
export type Verdict =
  | Readonly<{ kind: 'conflict'; actual: Revision }>
  | Readonly<{ kind: 'refused'; error: Error }>
  /** The server takes no writes at the moment: it is not ready or too busy, or its disk is full. The connection is sound. */
  | Readonly<{ kind: 'declined' }>
  /** The server answered this very append, without saying whether it is stored. The connection is sound. */
  | Readonly<{ kind: 'undecided' }>
  /** The client goes to the leader by itself, on the next call. */
  | Readonly<{ kind: 'moved' }>
  /** The connection is gone or cannot be trusted, and every append on it is in doubt. */
  | Readonly<{ kind: 'lost' }>;

/**
 * Reads an attempt's error. The client rejects whatever is in flight with the error of the call as a whole, and wraps
 * statuses, capability probes and its own type errors in no particular order; so all but a few named answers are doubt.
 */
export function verdictOn(error: unknown): Verdict {
  if (!(error instanceof Error) || !isCommandError(error)) return { kind: 'lost' };
  if (error instanceof WrongExpectedVersionError) return { kind: 'conflict', actual: actualRevision(error) };
  if (error instanceof StreamDeletedError) return refused(new EventStoreUnavailable('the stream was deleted'));
  if (error instanceof AccessDeniedError) return refused(new EventStoreUnavailable('the event store denies access'));
  if (error instanceof MaxAppendSizeExceededError || saysTooLarge(error))
    return refused(new EventTooLarge('the event store accepts no append of this size'));
  if (error instanceof NotLeaderError) return { kind: 'moved' };
  if (error._raw === undefined && DECLINING.test(error.message)) return { kind: 'declined' };
  // An answer to one append carries no status; an error of the call does.
  return { kind: error._raw === undefined ? 'undecided' : 'lost' };
}

/**
 * What EventStoreDB says of requests it has not handled, and the embedded store of writes it has not tried. The client
 * knows neither, and passes on the message alone.
 */
const DECLINING = /^(could not recognize )?(server is (not ready|too busy|busy)|nothing was written\b)/i;

function refused(error: Error): Verdict {
  return { kind: 'refused', error };
}

function actualRevision({ actualVersion }: WrongExpectedVersionError): Revision {
  return actualVersion === 'no_stream' ? NO_STREAM : actualVersion;
}

// Newer servers send a detail that this client does not know; it passes on the message alone.
function saysTooLarge(error: Error): boolean {
  return /maximum ?append ?(event ?)?size ?exceeded/i.test(error.message);
}
