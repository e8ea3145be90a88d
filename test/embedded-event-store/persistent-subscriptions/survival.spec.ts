import {
  END,
  EventStoreDBClient,
  persistentSubscriptionToAllSettingsFromDefaults,
  streamNameFilter,
} from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { newDirectory, startEmbeddedEventStore } from '../../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../../support/embedded-event-store.js';
import { events, idsOf } from '../with-store.js';
import { consume, idsIn, infoWhen } from './consume.js';
import { settings } from './settings.js';

/** One run of the store on a directory; ends as the test ends it. */
async function running<T>(
  dir: string,
  work: (client: EventStoreDBClient, store: EmbeddedEventStore) => Promise<T>,
): Promise<T> {
  const store = await startEmbeddedEventStore({ dir });
  const client = EventStoreDBClient.connectionString(store.url);
  try {
    return await work(client, store);
  } finally {
    await client.dispose();
    await store.kill();
  }
}

const join = (client: EventStoreDBClient, bufferSize = 10) =>
  consume(client.subscribeToPersistentSubscriptionToStream('orders-1', 'group', { bufferSize }));

it('a group, its checkpoint and its parked messages are there after a crash', async () => {
  const [dir, batch] = [newDirectory(), events(8)];
  const ids = idsOf(batch);
  const changed = settings({ checkPointUpperBound: 2, maxRetryCount: 3, startFrom: END });
  await running(dir, async (client, store) => {
    await client.createPersistentSubscriptionToStream('orders-1', 'group', changed);
    await client.appendToStream('orders-1', batch);
    const { subscription, count, given, failed } = join(client);
    await count(8);
    await subscription.nack('park', 'not yet', ...given.slice(0, 2));
    await subscription.ack(...given.slice(2, 4), ...given.slice(5));
    await infoWhen(client, 'orders-1', 'group', ({ stats }) => stats.lastCheckpointedEventRevision === 3n);
    await store.kill();
    expect(await failed).toMatchObject({ code: expect.any(Number) });
  });
  await running(dir, async (client) => {
    const info = await client.getPersistentSubscriptionToStreamInfo('orders-1', 'group');
    expect(info).toMatchObject({
      settings: changed,
      stats: { parkedMessageCount: 2n, lastCheckpointedEventRevision: 3n },
    });
    const { count } = join(client);
    expect(idsIn(await count(4))).toEqual(ids.slice(4));
    await client.replayParkedMessagesToStream('orders-1', 'group');
    expect(idsIn(await count(6)).slice(4)).toEqual(ids.slice(0, 2));
  });
  // What was replayed and not answered is parked still.
  await running(dir, async (client) => {
    const { stats } = await client.getPersistentSubscriptionToStreamInfo('orders-1', 'group');
    expect(stats.parkedMessageCount).toBe(2n);
  });
});

it('a group that began at the end is owed all since, however soon the crash came', async () => {
  const [dir, batch] = [newDirectory(), events(3)];
  const filter = streamNameFilter({ prefixes: ['orders-'] });
  await running(dir, async (client) => {
    await client.appendToStream('orders-1', events(2));
    await client.createPersistentSubscriptionToStream('orders-1', 'group', settings({ startFrom: END }));
    const toAll = persistentSubscriptionToAllSettingsFromDefaults({ startFrom: END });
    await client.createPersistentSubscriptionToAll('all', toAll, { filter });
    await client.appendToStream('orders-1', batch);
  });
  await running(dir, async (client) => {
    expect(idsIn(await join(client).count(3))).toEqual(idsOf(batch));
    const all = consume(client.subscribeToPersistentSubscriptionToAll('all'));
    expect(idsIn(await all.count(3))).toEqual(idsOf(batch));
  });
});

it('a deleted group stays deleted', async () => {
  const dir = newDirectory();
  await running(dir, async (client) => {
    await client.createPersistentSubscriptionToStream('orders-1', 'group', settings());
    await client.deletePersistentSubscriptionToStream('orders-1', 'group');
  });
  await running(dir, async (client) => {
    expect(await client.listAllPersistentSubscriptions()).toEqual([]);
  });
});

it('a stop lets consumers know, and remembers how far they were', async () => {
  const [dir, batch] = [newDirectory(), events(4)];
  await running(dir, async (client, store) => {
    await client.createPersistentSubscriptionToStream('orders-1', 'group', settings());
    await client.appendToStream('orders-1', batch);
    const { subscription, count, given, failed } = join(client, 3);
    await count(3);
    await subscription.ack(...given.slice(0, 2));
    await count(4);
    expect(await store.stop()).toBe(0);
    expect(await failed).toMatchObject({ type: 'unavailable' });
  });
  await running(dir, async (client) => {
    expect(idsIn(await join(client).count(2))).toEqual(idsOf(batch.slice(2)));
  });
});

it('whatever the moment of a crash, every event is dealt with', async () => {
  const dir = newDirectory();
  const written: string[] = [];
  const dealtWith = new Set<string>();
  for (let cycle = 0; cycle < 4; cycle++) {
    await running(dir, async (client, store) => {
      if (cycle === 0)
        await client.createPersistentSubscriptionToStream(
          '$ce-orders',
          'group',
          settings({ resolveLinkTos: true, checkPointUpperBound: 5 }),
        );
      const { subscription, failed } = consume(
        client.subscribeToPersistentSubscriptionToStream('$ce-orders', 'group', { bufferSize: 20 }),
      );
      let acked = 0;
      subscription.on('data', (given) => {
        dealtWith.add(given.event?.id ?? '');
        void subscription.ack(given).catch(() => undefined);
        if (++acked === 40) void store.kill();
      });
      const write = async (): Promise<void> => {
        for (let turn = 0; ; turn++) {
          const batch = events(2);
          await client.appendToStream(`orders-${cycle}-${turn}`, batch);
          written.push(...idsOf(batch));
        }
      };
      await Promise.allSettled([write()]);
      await failed;
    });
  }
  await running(dir, async (client) => {
    const missing = written.filter((id) => !dealtWith.has(id));
    const { subscription, until } = consume(
      client.subscribeToPersistentSubscriptionToStream('$ce-orders', 'group', { bufferSize: 100 }),
    );
    subscription.on('data', (given) => void subscription.ack(given));
    const heard = new Set(idsIn(await until((given) => includesAll(idsIn(given), missing))));
    expect(missing.filter((id) => !heard.has(id))).toEqual([]);
  });
});

function includesAll(ids: readonly (string | undefined)[], wanted: readonly string[]): boolean {
  const found = new Set(ids);
  return wanted.every((id) => found.has(id));
}
