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
    return widened(EventStoreDBClient.connectionString(withOwnConnection(url, opened++)));
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

/**
 * How much the store may send before it is told that something was read. HTTP/2 begins with 64 KiB, less than a hundred
 * events: a store that fills that while we are busy then waits for us, and we for it.
 */
const WINDOW_BYTES = 4 * 1024 * 1024;

/** Has the client's channels opened with a wider window. The client names its channels' options itself, all but this. */
function widened(client: EventStoreDBClient): EventStoreDBClient {
  const open = inside(client);
  const createChannel = open.createChannel.bind(client);
  open.createChannel = async () => {
    const channel = await createChannel();
    // Read when the channel first connects, which is later.
    Object.assign(channel.internalChannel?.options ?? {}, { 'grpc-node.flow_control_window': WINDOW_BYTES });
    return channel;
  };
  return client;
}

// Declared protected by the client, which offers no other way to any of it.
type Inside = {
  capabilities: Promise<unknown>;
  getChannel: () => Promise<Channel>;
  createChannel: () => Promise<Channel>;
};
type Channel = { close: () => void; internalChannel?: { options?: object } };

function inside(client: EventStoreDBClient): Inside {
  return client as unknown as Inside;
}
