import { EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreUnavailable } from '../../event-sourcing/errors.js';
import { withOwnConnection } from './connection-string.js';
import { within } from './within.js';

let opened = 0;

/**
 * Opens a client with a connection of its own; nothing is sent yet.
 *
 * @throws Error for an address that cannot be read, or a certificate that is not there
 */
export function openClient(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(withOwnConnection(url, opened++));
  } catch (error) {
    // What the client says of the address quotes it, and it may hold a password.
    if (!(error instanceof Error) || 'connectionString' in error)
      throw new Error('the event store address cannot be read');
    throw error;
  }
}

/**
 * Asks the store what it can do, which the first append would otherwise do with no deadline at all. The answer is kept
 * in the client, a rejection too: a client whose probe failed is never used.
 */
export async function probe(client: EventStoreDBClient, ms: number): Promise<void> {
  await within(ms, inside(client).capabilities, () => new EventStoreUnavailable('the event store does not answer'));
}

/**
 * Lets go of a client for good: `dispose` cancels its calls but leaves the channel open and the client working, and
 * waits for ever on a call that the server ended with OK. On a closed channel nothing of it can be sent any more.
 */
export async function letGo(client: EventStoreDBClient): Promise<void> {
  const late = () => new EventStoreUnavailable('the connection does not close');
  const closed = closeChannel(client).catch(() => undefined);
  await within(250, client.dispose(), late).catch(() => undefined);
  await within(250, closed, late).catch(() => undefined);
}

/** Closes the channel to new calls; those under way go on. */
export async function closeChannel(client: EventStoreDBClient): Promise<void> {
  const channel = await inside(client).getChannel();
  channel.close();
}

// Declared protected by the client, which offers no other way to either.
type Inside = { capabilities: Promise<unknown>; getChannel: () => Promise<{ close: () => void }> };

function inside(client: EventStoreDBClient): Inside {
  return client as unknown as Inside;
}
