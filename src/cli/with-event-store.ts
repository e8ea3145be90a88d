import type { EventStoreDb } from '../infrastructure/event-store/event-store-db.js';
import { readSettings } from '../settings.js';
import { eventCatalogue, upcasters } from '../users/domain/event-catalogue.js';
import { eventStoreAddress } from './event-store-address.js';

const silent = (): void => undefined;

/** Does something with the event store that is there, and lets go of it. */
export async function withEventStore<T>(work: (store: EventStoreDb) => Promise<T>): Promise<T> {
  const url = eventStoreAddress(readSettings(process.env));
  // Not before it is needed: a command line that is wrong is told so at once.
  const { connectEventStore } = await import('../infrastructure/event-store/event-store-db.js');
  // What goes wrong is in the error; lines of a log would only hide it.
  const logger = { info: silent, warn: silent, error: silent };
  const store = connectEventStore({ url, catalogue: eventCatalogue, upcasters, logger });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
