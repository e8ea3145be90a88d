import { afterAll, beforeAll } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { JSONEventData } from '@eventstore/db-client';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';

export { collect, idsOf, newStream } from './recorded.js';

/** One store and one client for all tests of a file: clients of one process share their pending appends. */
export function withStore(): { store: EmbeddedEventStore; client: EventStoreDBClient } {
  const context = {} as { store: EmbeddedEventStore; client: EventStoreDBClient };
  beforeAll(async () => {
    context.store = await startEmbeddedEventStore();
    context.client = EventStoreDBClient.connectionString(context.store.url);
  });
  afterAll(async () => {
    await context.client.dispose();
    await context.store.stop();
  });
  return context;
}

export const event = (type = 'Happened', data: Record<string, unknown> = {}): JSONEventData =>
  jsonEvent({ type, data });

export const events = (count: number, type?: string): JSONEventData[] =>
  Array.from({ length: count }, (_, index) => event(type, { index }));
