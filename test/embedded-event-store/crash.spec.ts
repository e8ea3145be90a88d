import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { newDirectory, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { collect, events, idsOf } from './with-store.js';

it('keeps every acknowledged append, whole and once, however often it is killed', async () => {
  const dir = newDirectory();
  const acknowledged: string[] = [];
  for (let cycle = 0; cycle < 5; cycle++) {
    const store = await startEmbeddedEventStore({ dir });
    const client = EventStoreDBClient.connectionString(store.url);
    const before = acknowledged.length;
    const write = async (writer: number) => {
      for (let turn = 0; ; turn++) {
        const batch = events(2);
        await client.appendToStream(`${cycle}-${writer}-${turn}`, batch, { expectedRevision: NO_STREAM });
        acknowledged.push(...idsOf(batch));
        if (acknowledged.length - before === 200 * (cycle + 1)) await store.kill();
      }
    };
    const writers = await Promise.allSettled(Array.from({ length: 32 }, (_, writer) => write(writer)));
    await client.dispose();
    expect(writers.map(({ status }) => status)).toEqual(writers.map(() => 'rejected'));
  }

  const store = await startEmbeddedEventStore({ dir });
  const client = EventStoreDBClient.connectionString(store.url);
  const all = await collect(client.readAll());
  const stored = new Set(idsOf(all));
  expect(stored.size).toBe(all.length);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(all.map(({ position }) => position?.commit)).toEqual(all.map((_, index) => BigInt(index + 1)));
  expect(all.filter(({ revision }) => revision === 0n)).toHaveLength(all.length / 2);
  await client.dispose();
  await store.stop();
});
