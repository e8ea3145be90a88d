import { rmSync } from 'node:fs';
import { startEmbeddedEventStore } from '../../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../../support/embedded-event-store.js';
import { EventStoreClient, Refused } from '../../support/event-store-client.js';
import type { Seen } from '../../support/event-store-client.js';
import type { Outcome, Wish } from './model.js';

/** A store in a process of its own, and a client of each library. */
export class StoreWithTwoClients {
  #store: EmbeddedEventStore;
  readonly clients: readonly [EventStoreClient, EventStoreClient];

  private constructor(store: EmbeddedEventStore, clients: readonly [EventStoreClient, EventStoreClient]) {
    this.#store = store;
    this.clients = clients;
  }

  static async start(): Promise<StoreWithTwoClients> {
    const store = await startEmbeddedEventStore();
    const starting = (['eventstore', 'kurrent'] as const).map((library) => EventStoreClient.start(library, store.port));
    return new StoreWithTwoClients(store, (await Promise.all(starting)) as [EventStoreClient, EventStoreClient]);
  }

  /** Ends the store, whatever is under way. */
  async endStore(how: 'kill' | 'stop'): Promise<void> {
    await this.#store[how]();
  }

  /** Starts the store anew and connects both clients. */
  async comeBack(): Promise<void> {
    this.#store = await startEmbeddedEventStore({ dir: this.#store.dir });
    await Promise.all(this.clients.map((client) => client.connect(this.#store.port)));
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
    await this.#store.stop();
    rmSync(this.#store.dir, { recursive: true });
  }
}

/** Asks for something. Rejects where nobody can know what came of it. */
export async function ask(client: EventStoreClient, wish: Wish): Promise<Outcome> {
  try {
    return { kind: 'done', ...(await write(client, wish)) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.type === 'stream-deleted') return { kind: 'deleted' };
    if (error.type !== 'wrong-expected-version') throw error;
    return wish.kind === 'append' ? { kind: 'conflict', current: error.current } : { kind: 'conflict' };
  }
}

function write(client: EventStoreClient, wish: Wish): Promise<{ position: bigint; revision?: bigint }> {
  const { kind, stream } = wish;
  if (kind === 'append') return client.append(stream, wish.ids.map(happened), wish.expected);
  if (kind !== 'metadata') return client[kind](stream, wish.expected);
  const { $maxCount: maxCount, $tb: truncateBefore } = wish.hides;
  return client.setMetadata(stream, {
    ...(maxCount !== undefined && { maxCount }),
    ...(truncateBefore !== undefined && { truncateBefore }),
  });
}

/** Reads a stream, or tells the type of the error that came instead. */
export async function readOrRefusal(
  client: EventStoreClient,
  ...[stream, options]: Parameters<EventStoreClient['readStream']>
): Promise<Seen[] | string> {
  try {
    return await client.readStream(stream, options);
  } catch (error) {
    if (error instanceof Refused) return error.type;
    throw error;
  }
}

const happened = (id: string) => ({ id, type: 'Happened', data: dataOf(id) });

/** Follows from the id, and goes on for some kilobytes now and then. */
export const dataOf = (id: string): { text: string } => ({ text: id.repeat(id.startsWith('0') ? 900 : 1) });
