import type { Settings } from '../settings.js';
import { adminFile, wordIn } from './admin-file.js';

/** No event store is known to be anywhere; the message says what to do. */
export class NoEventStore extends Error {}

export const START_FIRST = 'start the service first (npm start), or set EVENTSTORE_URL';

/**
 * Where the event store is: as set, or as the service that runs on the data directory has left word. Nothing is started
 * or locked here: the store is looked at beside the service that uses it.
 *
 * @throws NoEventStore
 */
export function eventStoreAddress({ eventStoreUrl, dataDir }: Settings): string {
  return eventStoreUrl ?? addressIn(adminFile(dataDir));
}

function addressIn(file: string): string {
  const known = wordIn(file);
  if (!known) throw new NoEventStore(`there is no ${file} to tell where the event store is: ${START_FIRST}`);
  if (typeof known.eventstore_url === 'string') return known.eventstore_url;
  throw new NoEventStore(`${file} does not tell where the event store is: ${START_FIRST}`);
}
