import { type Delivery, EventStore, type StreamPrefixes } from '../event-sourcing/event-store.js';
import type { Position, Recorded, Revision } from '../event-sourcing/fact.js';

/** Another event store, with something around its appends; all else is its own. */
export abstract class EventStoreAround extends EventStore {
  constructor(protected readonly store: EventStore) {
    super();
  }

  override read(stream: string, from: Revision): AsyncIterable<Recorded> {
    return this.store.read(stream, from);
  }

  override subscribe(
    streams: StreamPrefixes,
    after: Position | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Delivery> {
    return this.store.subscribe(streams, after, signal);
  }

  override head(): Promise<Position | undefined> {
    return this.store.head();
  }

  override close(): Promise<void> {
    return this.store.close();
  }
}
