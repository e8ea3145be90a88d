import { once } from 'node:events';
import type * as Package from '@eventstore/db-client';
import type { EventStoreDBClient } from '@eventstore/db-client';

/** The schemes of connection strings, each of which is of one client. */
export type Scheme = 'esdb' | 'kurrentdb';

/**
 * The package of a client. They have in common what is tested of both, so the one passes for the other. A test loads one
 * of them: their generated messages have the same global names, and would replace each other.
 */
export const packageOf = async (scheme: Scheme): Promise<typeof Package> =>
  scheme === 'esdb'
    ? import('@eventstore/db-client')
    : ((await import('@kurrent/kurrentdb-client')) as unknown as typeof Package);

/** Makes a client from its connection string. */
export async function connect(scheme: Scheme, url: string): Promise<EventStoreDBClient> {
  const module = (await packageOf(scheme)) as unknown as Record<string, typeof EventStoreDBClient>;
  const client = module[scheme === 'esdb' ? 'EventStoreDBClient' : 'KurrentDBClient'];
  if (!client) throw new Error(`no client speaks ${scheme}`);
  return client.connectionString(url);
}

export async function count(read: AsyncIterable<unknown>): Promise<number> {
  let events = 0;
  for await (const _ of read) events += 1;
  return events;
}

/** The error that ends a call. */
export async function failureOf(call: NodeJS.EventEmitter): Promise<never> {
  const [error] = (await once(call, 'error')) as [Error];
  throw error;
}
