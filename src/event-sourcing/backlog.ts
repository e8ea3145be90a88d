import type { StreamPrefixes } from './event-store.js';
import type { Position } from './fact.js';

/** What a reader of the log has yet to be told: how many events, and how old the oldest is; 0 for none. */
export type Behind = Readonly<{ events: number; seconds: number }>;

/** How far somebody is behind, read from the log itself: a subscription that is stuck does not know it. A port. */
export abstract class Backlog {
  /**
   * What of the streams named stands after a position. No more than some hundred records are looked through, so that
   * `events` is a lower bound where there are more; `seconds` is right all the same.
   *
   * @throws EventStoreUnavailable
   */
  abstract after(streams: StreamPrefixes, position: Position | undefined): Promise<Behind>;
}
