import { EventStoreDBClient, jsonEvent, NO_STREAM, START, STREAM_EXISTS } from '@eventstore/db-client';
import type { AppendExpectedRevision } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { consume, settings } from './persistent-subscriptions/consume.js';
import { collect, event, events, newStream, withStore } from './with-store.js';

const context = withStore();
const gone = (stream: string) => ({ type: 'stream-deleted', streamName: stream });

async function closed(): Promise<string> {
  const stream = newStream();
  await context.client.appendToStream(stream, events(2));
  await context.client.tombstoneStream(stream);
  return stream;
}

describe('a stream that is closed', () => {
  it('can be neither read nor written, nor can its metadata', async () => {
    const stream = await closed();
    const classic = { credentials: { username: 'someone', password: 'secret' } };
    for (const doing of [
      () => collect(context.client.readStream(stream)),
      () => context.client.appendToStream(stream, event()),
      () => context.client.appendToStream(stream, event(), classic),
      () => context.client.deleteStream(stream),
      () => context.client.tombstoneStream(stream),
    ]) {
      await expect(doing()).rejects.toMatchObject(gone(stream));
    }
    await expect(context.client.getStreamMetadata(stream)).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(context.client.setStreamMetadata(stream, { maxCount: 1 })).rejects.toMatchObject({
      type: 'stream-deleted',
    });
  });

  it('ends in the whole log with an event that says so', async () => {
    const stream = await closed();
    const found = (await collect(context.client.readAll())).filter(({ streamId }) => streamId === stream);
    expect(found.map(({ type, revision }) => [type, revision])).toEqual([
      ['Happened', 0n],
      ['Happened', 1n],
      ['$streamDeleted', 2n ** 63n - 1n],
    ]);
  });

  it('ends subscriptions: at once, or after that event', async () => {
    const stream = newStream();
    await context.client.appendToStream(stream, events(2));
    const live = context.client.subscribeToStream(stream, { fromRevision: START });
    const types: string[] = [];
    const following = (async () => {
      for await (const { event: found } of live) types.push(found?.type ?? '');
    })();
    live.once('caughtUp', () => void context.client.tombstoneStream(stream));
    await expect(following).rejects.toMatchObject(gone(stream));
    expect(types).toEqual(['Happened', 'Happened', '$streamDeleted']);
    await expect(collect(context.client.subscribeToStream(stream, { fromRevision: START }))).rejects.toMatchObject(
      gone(stream),
    );
  });

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

describe('closing', () => {
  const make = {
    absent: () => Promise.resolve(newStream()),
    described: async () => {
      const stream = newStream();
      await context.client.setStreamMetadata(stream, {});
      return stream;
    },
    filled: async () => {
      const stream = newStream();
      await context.client.appendToStream(stream, events(2));
      return stream;
    },
    deleted: async () => {
      const stream = await make.filled();
      await context.client.deleteStream(stream);
      return stream;
    },
  };
  it.each<[keyof typeof make, AppendExpectedRevision | undefined, bigint | 'done' | 'gone']>([
    ['absent', undefined, 'done'],
    ['absent', NO_STREAM, 'done'],
    ['absent', STREAM_EXISTS, -1n],
    ['absent', 0n, -1n],
    ['described', undefined, 'done'],
    ['described', NO_STREAM, 'done'],
    ['described', STREAM_EXISTS, 'done'],
    ['filled', undefined, 'done'],
    ['filled', STREAM_EXISTS, 'done'],
    ['filled', NO_STREAM, 1n],
    ['filled', 1n, 'done'],
    ['filled', 0n, 1n],
    ['deleted', undefined, 'done'],
    ['deleted', NO_STREAM, 'done'],
    ['deleted', 1n, 'done'],
    ['deleted', 0n, 1n],
    ['deleted', STREAM_EXISTS, 'gone'],
  ])('a stream that is %s, expecting %s: %s', async (state, expectedRevision, outcome) => {
    const stream = await make[state]();
    const options = expectedRevision === undefined ? {} : { expectedRevision: expectedRevision as never };
    const closing = context.client.tombstoneStream(stream, options);
    if (outcome === 'done') expect((await closing).position?.commit).toBeGreaterThan(0n);
    else if (outcome === 'gone') await expect(closing).rejects.toMatchObject(gone(stream));
    else await expect(closing).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: outcome });
  });

  it('is not done by an event of a client', async () => {
    const appending = context.client.appendToStream(newStream(), jsonEvent({ type: '$streamDeleted', data: {} }));
    await expect(appending).rejects.toThrow('BadRequest');
  });
});
