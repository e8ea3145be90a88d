import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { NO_STREAM } from '../../../src/event-sourcing/fact.js';
import { connectEventStore } from '../../../src/infrastructure/event-store/event-store-db.js';
import { aMeta, catalogue } from './examples.js';

// Appends much at once, through the adapter or with the bare client, and tells how it ended. Run by child-process.spec.
const [url = '', how, count, size] = process.argv.slice(2);
const events = Array.from({ length: Number(count) }, () => ({
  type: 'Renamed',
  data: { from: '', to: 'x'.repeat(Number(size)) },
  id: randomUUID(),
  meta: aMeta(),
}));

const appends = how === 'bare' ? throughTheBareClient() : throughTheAdapter();
const outcomes = (await appends).map((one) => (one.status === 'fulfilled' ? 'stored' : (one.reason as Error).name));
process.stdout.write(JSON.stringify(outcomes));

async function throughTheAdapter() {
  const nothing = (): void => undefined;
  const logger = { info: nothing, warn: nothing, error: nothing };
  const timings = { appendAttempt: 300, probe: 1_000, reconnectFirst: 1, reconnectMost: 50 };
  const store = connectEventStore({ url, catalogue, upcasters: {}, logger, timings });
  const settled = await Promise.allSettled(events.map((event, i) => store.append(`user-${i}`, NO_STREAM, [event])));
  await store.close();
  return settled;
}

async function throughTheBareClient() {
  const client = EventStoreDBClient.connectionString(url);
  const appending = events.map(({ id, type, data }, i) =>
    client.appendToStream(`user-${i}`, { id, type, data, contentType: 'application/json', metadata: undefined }),
  );
  return Promise.allSettled(appending);
}
