import { EventStoreDBClient } from '@eventstore/db-client';
import { expect, it, describe } from '@jest/globals';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { consume } from './persistent-subscriptions/consume.js';
import { settings } from './persistent-subscriptions/settings.js';
import { collect, event, newStream, withStore } from './with-store.js';

const context = withStore();
const gone = (stream: string) => ({ type: 'stream-deleted', streamName: stream });

describe('a stream that is closed', () => {
  it('drops the consumers of its groups, and those that come later', async () => {
    const stream = newStream();
    await context.client.appendToStream(stream, event());
    await context.client.createPersistentSubscriptionToStream(stream, 'group', settings());
    const join = () => consume(context.client.subscribeToPersistentSubscriptionToStream(stream, 'group'));
    const consumer = join();
    await consumer.count(1);
    await context.client.tombstoneStream(stream);
    expect(await consumer.failed).toMatchObject({ type: 'persistent-subscription-dropped' });
    expect(await join().failed).toMatchObject({ type: 'persistent-subscription-dropped' });
  });

  it('leaves its links leading nowhere', async () => {
    const category = newStream().replaceAll('-', '');
    await context.client.appendToStream(`${category}-1`, event());
    await context.client.tombstoneStream(`${category}-1`);
    const found = [];
    for await (const one of context.client.readStream(`$ce-${category}`, { resolveLinkTos: true })) found.push(one);
    expect(found.map((one) => [one.event, one.link?.revision])).toEqual([[undefined, 0n]]);
  });

  it('stays closed', async () => {
    const first = await startEmbeddedEventStore();
    const [client, stream] = [EventStoreDBClient.connectionString(first.url), newStream()];
    await client.tombstoneStream(stream);
    await client.dispose();
    await first.kill();
    const second = await startEmbeddedEventStore({ dir: first.dir });
    const reader = EventStoreDBClient.connectionString(second.url);
    await expect(collect(reader.readStream(stream))).rejects.toMatchObject(gone(stream));
    await reader.dispose();
    await second.stop();
  });
});
