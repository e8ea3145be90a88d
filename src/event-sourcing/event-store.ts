import type { AnyFact, Meta, Position, Recorded, Revision } from './fact.js';

/** An event to append: its id makes a repeated append one append. */
export type NewEvent<E extends AnyFact = AnyFact> = E & Readonly<{ id: string; meta: Meta }>;

/** Where an append ended: the revision and position of its last event. */
export type Appended = Readonly<{ revision: Revision; position: Position }>;

/** Which streams a subscription follows, by the beginnings of their names. */
export type StreamPrefixes = readonly string[];

/**
 * What a subscription brings, in commit order: events as they come, and now and then word of how far it has looked.
 * `caughtUp` is true where nothing more was stored at the time.
 */
export type Delivery = Readonly<{ events: readonly Recorded[]; position: Position | undefined; caughtUp: boolean }>;

/** The log, as the rest of the program sees it. One instance per process appends. */
export abstract class EventStore {
  /**
   * Appends all events or none, directly after `expected` (`NO_STREAM` for a new stream).
   * Resolves once they are durable; asked again with the same ids it resolves to the same place.
   * With no events it checks that the stream stands at `expected`, and nothing more.
   *
   * @throws WrongExpectedRevision another writer came first; nothing was appended
   * @throws EventStoreUnavailable nothing was appended
   * @throws OutcomeUnknown it may have been appended
   * @throws Overloaded | EventTooLarge before anything was sent
   */
  abstract append(stream: string, expected: Revision, events: readonly NewEvent[]): Promise<Appended>;

  /**
   * The events of a stream from revision `from` on, oldest first; nothing for a stream that does not exist.
   *
   * @throws UnreadableEvent | EventStoreUnavailable
   */
  abstract read(stream: string, from: Revision): AsyncIterable<Recorded>;

  /**
   * Every event after `after` (all when undefined) of the streams named, for ever: drops are mended inside, from the
   * position after the last delivery taken. Ends when `signal` aborts.
   *
   * @throws UnreadableEvent at the event that cannot be read, after everything before it was delivered
   */
  abstract subscribe(
    streams: StreamPrefixes,
    after: Position | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Delivery>;

  /** The position of the newest event in the log, asked of the store itself; undefined for an empty log. */
  abstract head(): Promise<Position | undefined>;

  /** Waits for what is under way, then lets go of the connection. */
  abstract close(): Promise<void>;
}
