import { randomUUID } from 'node:crypto';
import type { ResolvedEvent } from '@eventstore/db-client';

export const newStream = (prefix = 'stream'): string => `${prefix}-${randomUUID()}`;

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
