import type { Position, Revision } from './fact.js';

/** The stream stands at `actual`, not at `expected`: another writer came first. Nothing was appended. */
export class WrongExpectedRevision extends Error {
  readonly code = 'wrong-expected-revision';
  constructor(
    readonly stream: string,
    readonly expected: Revision,
    /** Where the stream stands, as far as the store said. */
    readonly actual: Revision | undefined,
  ) {
    super(`stream ${stream} is not at revision ${expected.toString()}`);
  }
}

/** The event store did not do it and says so, or could not be reached before anything was sent. Try again later. */
export class EventStoreUnavailable extends Error {
  readonly code = 'event-store-unavailable';
}

/** An append was sent and its fate could not be learned in time: it may be stored, or yet come to be. */
export class OutcomeUnknown extends Error {
  readonly code = 'outcome-unknown';
}

/** More is under way than this process takes on at once; nothing was done. */
export class Overloaded extends Error {
  readonly code = 'overloaded';
}

/** An event is larger than the store accepts; nothing was appended. */
export class EventTooLarge extends Error {
  readonly code = 'event-too-large';
}

/** A stored event that cannot be what its type and version say. Only a person can decide what to do about it. */
export class UnreadableEvent extends Error {
  readonly code = 'unreadable-event';
  constructor(
    readonly stream: string,
    readonly revision: Revision,
    readonly position: Position | undefined,
    reason: string,
  ) {
    super(`event ${revision.toString()} of stream ${stream} cannot be read: ${reason}`);
  }
}

/** The read model has not come to a position within the time allowed. */
export class NotCaughtUp extends Error {
  readonly code = 'not-caught-up';
}

/** The database of the read model does not answer. Try again later. */
export class ReadModelUnavailable extends Error {
  readonly code = 'read-model-unavailable';
}

/** The command id was used before, for another request. */
export class CommandReused extends Error {
  readonly code = 'command-reused';
}

/** The same command is being carried out at this moment. */
export class CommandInProgress extends Error {
  readonly code = 'command-in-progress';
}
