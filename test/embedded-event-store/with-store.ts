import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { JSONEventData, ResolvedEvent } from '@eventstore/db-client';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';

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

export const newStream = (prefix = 'stream'): string => `${prefix}-${randomUUID()}`;

export const event = (type = 'Happened', data: Record<string, unknown> = {}): JSONEventData =>
  jsonEvent({ type, data });

export const events = (count: number, type?: string): JSONEventData[] =>
  Array.from({ length: count }, (_, index) => event(type, { index }));

/** Reads to the end; a record without an event would be a fault. */
export async function collect(read: AsyncIterable<ResolvedEvent>): Promise<NonNullable<ResolvedEvent['event']>[]> {
  const found = [];
  for await (const { event } of read) {
    if (!event) throw new Error('a record without an event');
    found.push(event);
  }
  return found;
}

export const idsOf = (recorded: readonly { id: string }[]): string[] => recorded.map(({ id }) => id);
