import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../settings.js';

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
  return eventStoreUrl ?? addressIn(join(dataDir, 'initial-admin.json'));
}

function addressIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new NoEventStore(`there is no ${file} to tell where the event store is: ${START_FIRST}`);
  }
  const address = addressOf(text);
  if (address === undefined) throw new NoEventStore(`${file} does not tell where the event store is: ${START_FIRST}`);
  return address;
}

function addressOf(text: string): string | undefined {
  try {
    const { eventstore_url } = JSON.parse(text) as { eventstore_url?: unknown };
    return typeof eventstore_url === 'string' ? eventstore_url : undefined;
  } catch {
    return undefined;
  }
}
