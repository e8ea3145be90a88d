import {
  END,
  jsonEvent,
  persistentSubscriptionToAllSettingsFromDefaults,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { collect, event, events, idsOf, newStream, withStore } from '../with-store.js';
import { consume, idsIn, infoWhen } from './consume.js';
import { settings } from './settings.js';

const context = withStore();
const toAll = (changed: object = {}) =>
  persistentSubscriptionToAllSettingsFromDefaults({ startFrom: START, ...changed });
const create = (stream: string, changed?: Parameters<typeof settings>[0], group = 'group') =>
  context.client.createPersistentSubscriptionToStream(stream, group, settings(changed));
const join = (stream: string, group = 'group') =>
  consume(context.client.subscribeToPersistentSubscriptionToStream(stream, group));
const info = (stream: string, group = 'group') => context.client.getPersistentSubscriptionToStreamInfo(stream, group);

/** Every setting with a value of its own. */
const odd = {
  ...{ resolveLinkTos: true, extraStatistics: true, messageTimeout: 1_234, maxRetryCount: 3, checkPointAfter: 4_321 },
  ...{ checkPointLowerBound: 5, checkPointUpperBound: 6, maxSubscriberCount: 7, liveBufferSize: 8, readBatchSize: 9 },
  historyBufferSize: 10,
} as const;

describe('a group that is made', () => {
  it.each(['RoundRobin', 'DispatchToSingle', 'Pinned'] as const)(
    'tells its settings (%s)',
    async (consumerStrategyName) => {
      for (const startFrom of [START, END, 7n] as const) {
        const stream = newStream('straße');
        const all = settings({ ...odd, consumerStrategyName, startFrom });
        await context.client.createPersistentSubscriptionToStream(stream, 'gruppe-ü', all);
        expect(await info(stream, 'gruppe-ü')).toEqual({
          ...{ eventSource: stream, groupName: 'gruppe-ü', status: 'Live', settings: all, connections: [] },
          stats: expect.objectContaining({
            totalItems: 0n,
            lastKnownEventRevision: undefined,
            lastCheckpointedEventRevision: undefined,
          }),
        });
      }
    },
  );

  it('of the whole log tells its settings', async () => {
    const { position } = await context.client.appendToStream(newStream(), event());
    for (const startFrom of [START, END, position] as const) {
      const group = newStream();
      const all = toAll({ ...odd, startFrom });
      await context.client.createPersistentSubscriptionToAll(group, all);
      expect(await context.client.getPersistentSubscriptionToAllInfo(group)).toMatchObject({
        eventSource: '$all',
        settings: all,
      });
      await context.client.deletePersistentSubscriptionToAll(group);
    }
  });

  it('is there already', async () => {
    const stream = newStream('straße');
    await create(stream);
    const outcomes = await Promise.allSettled([
      create(stream),
      create(stream, {}, 'other'),
      create(stream, {}, 'other'),
    ]);
    expect(outcomes.map(({ status: outcome }) => outcome)).toEqual(['rejected', 'fulfilled', 'rejected']);
    await expect(create(stream)).rejects.toMatchObject({ type: 'persistent-subscription-exists', groupName: 'group' });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a read batch as large as the buffer', () => create(newStream(), { readBatchSize: 500 })],
    ['no stream name', () => create('')],
    ['the whole log for a stream', () => create('$all')],
    ['a position beyond the end', () => toAllFrom({ commit: 99_999_999n, prepare: 1n })],
    ['a position out of order', () => toAllFrom({ commit: 1n, prepare: 2n })],
    ['half a position', () => toAllFrom({ commit: 2n ** 64n - 1n, prepare: 1n })],
    ['a negative revision', () => create(newStream(), { startFrom: 2n ** 64n - 2n })],
    ['no group name', () => create(newStream(), {}, '')],
  ])('cannot be made with %s', async (_, making) => {
    await expect(making()).rejects.toMatchObject({
      type: 'persistent-subscription-failed',
      reason: expect.any(String),
    });
  });

  const toAllFrom = (startFrom: object) =>
    context.client.createPersistentSubscriptionToAll(newStream(), toAll({ startFrom }));

  it('is known by an event of its configuration', async () => {
    const stream = newStream();
    await create(stream);
    const [config] = await collect(
      context.client.readStream('$persistentSubscriptionConfig', {
        direction: 'backwards',
        fromRevision: END,
        maxCount: 1,
      }),
    );
    expect(config).toMatchObject({ type: '$PersistentConfig', isJson: true });
    expect(JSON.stringify(config?.data)).toContain(stream);
    expect((await context.client.getStreamMetadata('$persistentSubscriptionConfig')).metadata).toEqual({ maxCount: 2 });
  });
});

describe('a group that is changed', () => {
  it('drops its consumers and has the new settings', async () => {
    const stream = newStream();
    await create(stream);
    const consumer = join(stream);
    await consumer.confirmed;
    const changed = settings({ ...odd, consumerStrategyName: 'Pinned', startFrom: 3n });
    await context.client.updatePersistentSubscriptionToStream(stream, 'group', changed);
    expect(await consumer.failed).toMatchObject({
      type: 'persistent-subscription-dropped',
      streamName: stream,
      groupName: 'group',
    });
    expect((await info(stream)).settings).toEqual(changed);
  });

  it('goes on from its checkpoint, if it has one, and else from where it is told to', async () => {
    for (const checkpointed of [true, false]) {
      const [stream, batch] = [newStream(), events(5)];
      await context.client.appendToStream(stream, batch);
      await create(stream, { checkPointUpperBound: checkpointed ? 1 : 1_000 });
      const first = join(stream);
      await first.subscription.ack(await first.at(0));
      if (checkpointed)
        await infoWhen(context.client, stream, 'group', ({ stats }) => stats.lastCheckpointedEventRevision === 0n);
      await context.client.updatePersistentSubscriptionToStream(stream, 'group', settings({ startFrom: 3n }));
      await first.failed;
      const second = join(stream);
      const expected = idsOf(batch).slice(checkpointed ? 1 : 3);
      expect(idsIn(await second.count(expected.length))).toEqual(expected);
      await second.subscription.unsubscribe();
    }
  });

  it('keeps its filter', async () => {
    const [group, stream, wanted] = [newStream(), newStream(), event()];
    await context.client.createPersistentSubscriptionToAll(group, toAll(), {
      filter: streamNameFilter({ prefixes: [stream] }),
    });
    await context.client.updatePersistentSubscriptionToAll(group, toAll());
    await context.client.appendToStream(newStream(), event());
    await context.client.appendToStream(stream, wanted);
    const { at, subscription } = consume(context.client.subscribeToPersistentSubscriptionToAll(group));
    expect((await at(0)).event?.id).toBe(wanted.id);
    await subscription.unsubscribe();
    await context.client.deletePersistentSubscriptionToAll(group);
  });

  it('has to make sense still', async () => {
    const stream = newStream();
    await create(stream);
    const changing = context.client.updatePersistentSubscriptionToStream(
      stream,
      'group',
      settings({ readBatchSize: 500 }),
    );
    await expect(changing).rejects.toMatchObject({ type: 'persistent-subscription-failed' });
  });
});

describe('a group that is deleted', () => {
  it('drops its consumers, and is gone', async () => {
    const stream = newStream();
    await create(stream);
    const consumer = join(stream);
    await consumer.confirmed;
    await context.client.deletePersistentSubscriptionToStream(stream, 'group');
    expect(await consumer.failed).toMatchObject({ type: 'persistent-subscription-dropped' });
    await expect(info(stream)).rejects.toMatchObject({ type: 'persistent-subscription-does-not-exist' });
  });

  it('leaves nothing to one of the same name', async () => {
    const [stream, batch] = [newStream(), events(3)];
    await context.client.appendToStream(stream, batch);
    await create(stream, { checkPointUpperBound: 1 });
    const first = join(stream);
    await first.subscription.ack(await first.at(0));
    await first.subscription.nack('park', 'no', await first.at(1));
    await infoWhen(context.client, stream, 'group', ({ stats }) => stats.lastCheckpointedEventRevision === 1n);
    await context.client.deletePersistentSubscriptionToStream(stream, 'group');
    await first.failed;
    for (const kind of ['checkpoint', 'parked']) {
      const reading = collect(context.client.readStream(`$persistentsubscription-${stream}::group-${kind}`));
      await expect(reading).rejects.toMatchObject({ type: 'stream-not-found' });
    }
    await create(stream, { checkPointUpperBound: 1 });
    expect((await info(stream)).stats).toMatchObject({
      parkedMessageCount: 0n,
      lastCheckpointedEventRevision: undefined,
    });
    const second = join(stream);
    expect(idsIn(await second.count(3))).toEqual(idsOf(batch));
    await second.subscription.nack('park', 'again', await second.at(0));
    await infoWhen(context.client, stream, 'group', ({ stats }) => stats.parkedMessageCount === 1n);
    await second.subscription.unsubscribe();
  });
});

it('makes nothing of what a deletion that was cut short has left', async () => {
  const [stream, batch] = [newStream(), events(3)];
  await context.client.appendToStream(stream, batch);
  const left = jsonEvent({ type: 'SubscriptionCheckpoint', data: '1' as never });
  await context.client.appendToStream(`$persistentsubscription-${stream}::group-checkpoint`, left);
  await create(stream);
  const { count, subscription } = join(stream);
  expect(idsIn(await count(3))).toEqual(idsOf(batch));
  await subscription.unsubscribe();
});

it.each<[string, (client: EventStoreDBClient) => Promise<unknown>]>([
  ['changed', (client) => client.updatePersistentSubscriptionToStream('s', 'none', settings())],
  ['deleted', (client) => client.deletePersistentSubscriptionToStream('s', 'none')],
  ['asked about', (client) => client.getPersistentSubscriptionToStreamInfo('s', 'none')],
  ['asked for parked messages', (client) => client.replayParkedMessagesToStream('s', 'none')],
])('a group that does not exist cannot be %s', async (_, asking) => {
  await expect(asking(context.client)).rejects.toMatchObject({
    ...{ type: 'persistent-subscription-does-not-exist', streamName: 's', groupName: 'none' },
    message: '5 NOT_FOUND: Subscription group none on stream s does not exist.',
  });
});

it('cannot replay up to a negative number', async () => {
  const stream = newStream();
  await create(stream);
  const replaying = context.client.replayParkedMessagesToStream(stream, 'group', { stopAt: -1 });
  await expect(replaying).rejects.toMatchObject({ type: 'persistent-subscription-failed' });
});

it('lists groups: of a stream, of the whole log, and all', async () => {
  const [stream, group] = [newStream(), newStream()];
  await create(stream, {}, 'b');
  await create(stream, {}, 'a');
  await context.client.createPersistentSubscriptionToAll(group, toAll());
  const names = (listed: { groupName: string }[]) => listed.map(({ groupName }) => groupName);
  expect(names(await context.client.listPersistentSubscriptionsToStream(stream))).toEqual(['a', 'b']);
  expect(names(await context.client.listPersistentSubscriptionsToAll())).toEqual([group]);
  const all = await context.client.listAllPersistentSubscriptions();
  expect(names(all)).toEqual(expect.arrayContaining(['a', 'b', group]));
  expect(all.map(({ eventSource }) => eventSource)).toEqual(all.map(({ eventSource }) => eventSource).sort());
  await context.client.deletePersistentSubscriptionToAll(group);
  const none = newStream();
  await expect(context.client.listPersistentSubscriptionsToStream(none)).rejects.toMatchObject({
    message: `5 NOT_FOUND: Subscription group  on stream ${none} does not exist.`,
  });
});

it('tells what a group is at', async () => {
  const stream = newStream();
  await context.client.appendToStream(stream, events(6));
  await create(stream, { extraStatistics: true, checkPointUpperBound: 1 });
  const named = consume(context.client.subscribeToPersistentSubscriptionToStream(stream, 'group', { bufferSize: 4 }));
  await named.count(4);
  await named.subscription.ack(await named.at(0), await named.at(1));
  await named.count(6);
  await named.subscription.nack('park', 'no', await named.at(3));
  const told = await infoWhen(context.client, stream, 'group', ({ stats }) => stats.parkedMessageCount === 1n);
  expect(told.stats).toMatchObject({
    ...{ totalItems: 6n, totalInFlightMessages: 3, outstandingMessagesCount: 3, retryBufferCount: 0 },
    ...{ readBufferCount: 0, liveBufferCount: 0n, lastKnownEventRevision: 5n, lastCheckpointedEventRevision: 1n },
  });
  expect(told.connections).toEqual([
    expect.objectContaining({
      ...{ from: '', username: 'system', connectionName: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      ...{ totalItems: 6n, availableSlots: 1, inFlightMessages: 3 },
    }),
  ]);
  const keys = [...(told.connections[0]?.extraStatistics?.keys() ?? [])];
  const quintiles = [1, 2, 3, 4, 5].map((fifth) => `quintile ${fifth}`);
  expect(keys).toEqual(['mean', 'median', 'fastest', ...quintiles, '90%', '95%', '99%', '99.5%', '99.9%', 'highest']);
  await named.subscription.unsubscribe();
});

it('starts all groups anew from what is stored', async () => {
  const [stream, batch] = [newStream(), events(2)];
  await context.client.appendToStream(stream, batch);
  await create(stream);
  const consumer = join(stream);
  await consumer.count(2);
  await context.client.restartPersistentSubscriptionSubsystem();
  expect(await consumer.failed).toMatchObject({ type: 'persistent-subscription-dropped' });
  const again = join(stream);
  expect(idsIn(await again.count(2))).toEqual(idsOf(batch));
  await again.subscription.unsubscribe();
});
