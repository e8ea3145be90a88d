import { describe, expect, it } from '@jest/globals';
import { consume, eventually, idsIn, infoWhen } from '../persistent-subscriptions/consume.js';
import { collect, idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';

/** Every setting with a value of its own. */
const ODD = {
  ...{ resolveLinkTos: true, extraStatistics: true, messageTimeout: 1_234, maxRetryCount: 3, checkPointAfter: 4_321 },
  ...{ checkPointLowerBound: 5, checkPointUpperBound: 6, maxSubscriberCount: 7, liveBufferSize: 8, readBatchSize: 9 },
  historyBufferSize: 10,
} as const;

/** The main cases; what groups do in full is held against one library, in a folder of its own. */
export function groups(context: Contract): void {
  const { library, event, events } = context;
  type Changed = Parameters<typeof library.persistentSubscriptionToStreamSettingsFromDefaults>[0];
  const settings = (changed: Changed = {}) =>
    library.persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: 'start', ...changed });
  const toAll = (changed: object = {}) =>
    library.persistentSubscriptionToAllSettingsFromDefaults({ startFrom: 'start', ...changed });

  describe('on a stream', () => {
    const create = (stream: string, changed: Changed = {}, group = 'group') =>
      context.client.createPersistentSubscriptionToStream(stream, group, settings(changed));
    const join = (stream: string, bufferSize = 10) =>
      consume(context.client.subscribeToPersistentSubscriptionToStream(stream, 'group', { bufferSize }));
    const info = (stream: string, willDo: Parameters<typeof infoWhen>[3] = () => true) =>
      infoWhen(context.client, stream, 'group', willDo);
    const names = (listed: { groupName: string }[]) => listed.map(({ groupName }) => groupName);

    it.each(['RoundRobin', 'DispatchToSingle', 'Pinned'] as const)(
      'is made, tells its settings, and is changed (%s)',
      async (consumerStrategyName) => {
        const stream = newStream('straße');
        const [made, changed] = [
          settings({ ...ODD, consumerStrategyName, startFrom: 7n }),
          settings({ consumerStrategyName, startFrom: 'end', maxRetryCount: 1 }),
        ];
        await context.client.createPersistentSubscriptionToStream(stream, 'group', made);
        expect(await info(stream)).toMatchObject({ eventSource: stream, groupName: 'group', settings: made });
        const consumer = join(stream);
        await consumer.confirmed;
        await context.client.updatePersistentSubscriptionToStream(stream, 'group', changed);
        expect(await consumer.failed).toMatchObject({ type: 'persistent-subscription-dropped' });
        expect((await info(stream)).settings).toEqual(changed);
      },
    );

    it('is there once, and gone when it is deleted', async () => {
      const stream = newStream();
      await create(stream);
      const named = { streamName: stream, groupName: 'group' };
      await expect(create(stream)).rejects.toMatchObject({ type: 'persistent-subscription-exists', ...named });
      const consumer = join(stream);
      await consumer.confirmed;
      await context.client.deletePersistentSubscriptionToStream(stream, 'group');
      expect(await consumer.failed).toMatchObject({ type: 'persistent-subscription-dropped', ...named });
      const absent = {
        ...{ type: 'persistent-subscription-does-not-exist', ...named },
        message: `5 NOT_FOUND: Subscription group group on stream ${stream} does not exist.`,
      };
      await expect(info(stream)).rejects.toMatchObject(absent);
      for (const asking of [
        context.client.updatePersistentSubscriptionToStream(stream, 'group', settings()),
        context.client.deletePersistentSubscriptionToStream(stream, 'group'),
        context.client.replayParkedMessagesToStream(stream, 'group'),
      ]) {
        await expect(asking).rejects.toMatchObject(absent);
      }
      expect(await join(stream).failed).toMatchObject({ type: 'persistent-subscription-does-not-exist', ...named });
    });

    it.each<[string, () => Promise<unknown>]>([
      ['a read batch as large as the buffer', () => create(newStream(), { readBatchSize: 500 })],
      ['no stream name', () => create('')],
      ['the whole log for a stream', () => create('$all')],
    ])('cannot be made with %s', async (_, making) => {
      await expect(making()).rejects.toMatchObject({
        ...{ type: 'persistent-subscription-failed', reason: expect.any(String) },
      });
    });

    it('is listed under its stream and among all', async () => {
      const stream = newStream();
      await create(stream, {}, 'b');
      await create(stream, {}, 'a');
      const found = names(await context.client.listPersistentSubscriptionsToStream(stream));
      expect(found.toSorted()).toEqual(['a', 'b']);
      const all = await context.client.listAllPersistentSubscriptions();
      expect(names(all.filter(({ eventSource }) => eventSource === stream))).toHaveLength(2);
      const none = newStream();
      await expect(context.client.listPersistentSubscriptionsToStream(none)).rejects.toMatchObject({
        message: `5 NOT_FOUND: Subscription group  on stream ${none} does not exist.`,
      });
    });

    it('gives history and what comes, as slots are freed', async () => {
      const [stream, history, live] = [newStream(), events(4), event()];
      await context.client.appendToStream(stream, history);
      await create(stream);
      const { subscription, at, count, given } = join(stream, 2);
      await count(2);
      await context.client.appendToStream(stream, live);
      for (let next = 0; next < 5; next++) await subscription.ack(await at(next));
      expect(idsIn(given)).toEqual([...idsOf(history), live.id]);
      expect(given[0]).toMatchObject({ retryCount: 0, event: { revision: 0n, streamId: stream } });
      await subscription.unsubscribe();
    });

    it('takes no more consumers than it may', async () => {
      const stream = newStream();
      await create(stream, { maxSubscriberCount: 1 });
      const first = join(stream);
      await first.confirmed;
      expect(await join(stream).failed).toMatchObject({ type: 'maximum-subscribers-reached', streamName: stream });
      await first.subscription.unsubscribe();
    });

    it('tries again, passes over, and parks; the parked come back when asked for', async () => {
      const [stream, batch] = [newStream(), events(3)];
      const ids = idsOf(batch);
      await context.client.appendToStream(stream, batch);
      await create(stream);
      const { subscription, at, given, count } = join(stream, 1);
      await subscription.nack('retry', 'later', await at(0));
      await subscription.nack('skip', 'no', await at(1));
      await subscription.nack('park', 'because', await at(2));
      await subscription.ack(await at(3));
      await info(stream, ({ stats }) => stats.parkedMessageCount === 1n);
      await context.client.replayParkedMessagesToStream(stream, 'group');
      await count(5);
      expect(given.map(({ event: found, retryCount }) => [found?.id, retryCount])).toEqual([
        [ids[0], 0],
        [ids[0], 1],
        [ids[1], 0],
        [ids[2], 0],
        [ids[1], 0],
      ]);
      expect(given[4]?.link?.metadata).toMatchObject({ reason: "Client explicitly NAK'ed message.\nbecause" });
      await subscription.ack(await at(4));
      await subscription.unsubscribe();
    });

    it('goes on after its checkpoint', async () => {
      const [stream, batch] = [newStream(), events(3)];
      await context.client.appendToStream(stream, batch);
      await create(stream, { checkPointUpperBound: 1 });
      const first = join(stream);
      await first.subscription.ack(await first.at(0), await first.at(1));
      await info(stream, ({ stats }) => stats.lastCheckpointedEventRevision === 1n);
      await context.client.restartPersistentSubscriptionSubsystem();
      expect(await first.failed).toMatchObject({ type: 'persistent-subscription-dropped' });
      const second = join(stream);
      expect(idsIn([await second.at(0)])).toEqual(idsOf(batch.slice(2)));
      await second.subscription.unsubscribe();
    });

    it('writes about itself in streams that the whole log shows', async () => {
      const [stream, batch] = [newStream(), events(2)];
      const { position } = await context.client.appendToStream(stream, batch);
      await create(stream, { checkPointUpperBound: 1 });
      const { subscription, at } = join(stream);
      await subscription.nack('park', 'no', await at(0));
      await subscription.ack(await at(1));
      await info(stream, ({ stats }) => stats.lastCheckpointedEventRevision === 1n && stats.parkedMessageCount === 1n);
      const after = await collect(context.client.readAll({ fromPosition: position ?? 'start' }));
      const own = (kind: string) =>
        after.filter(({ streamId }) => streamId === `$persistentsubscription-${stream}::group-${kind}`);
      expect(own('parked').map(({ type, data }) => [type, Buffer.from(data as Uint8Array).toString()])).toEqual([
        ['$>', `0@${stream}`],
      ]);
      expect(own('checkpoint').at(-1)).toMatchObject({ type: 'SubscriptionCheckpoint', isJson: true, data: '1' });
      await subscription.unsubscribe();
    });

    it('gives links with what they lead to, and answers are about the links', async () => {
      const [source, list, batch] = [newStream(), newStream(), events(2)];
      await context.client.appendToStream(source, batch);
      const links = [0, 1].map((revision) => context.bytes('$>', `${revision}@${source}`));
      await context.client.appendToStream(list, links);
      await create(list, { resolveLinkTos: true });
      const { subscription, at } = join(list, 1);
      for (const place of [0, 1]) {
        const { event: found, link } = await at(place);
        expect([found?.id, link?.id]).toEqual([batch[place]?.id, links[place]?.id]);
        await subscription.ack(await at(place));
      }
      await subscription.unsubscribe();
    });
  });

  describe('on the whole log', () => {
    it('is made, told of, changed, listed and deleted', async () => {
      const { position } = await context.client.appendToStream(newStream(), event());
      for (const startFrom of ['start', 'end', position] as const) {
        const [group, all] = [newStream(), toAll({ ...ODD, startFrom })];
        await context.client.createPersistentSubscriptionToAll(group, all);
        const info = () => context.client.getPersistentSubscriptionToAllInfo(group);
        expect(await info()).toMatchObject({ eventSource: '$all', groupName: group, settings: all });
        const changed = toAll({ startFrom, maxRetryCount: 2 });
        await context.client.updatePersistentSubscriptionToAll(group, changed);
        expect((await info()).settings).toEqual(changed);
        const listed = await context.client.listPersistentSubscriptionsToAll();
        expect(listed.map(({ groupName }) => groupName)).toContain(group);
        await context.client.deletePersistentSubscriptionToAll(group);
        await expect(info()).rejects.toMatchObject({ type: 'persistent-subscription-does-not-exist' });
      }
    });

    it.each([
      ['beyond the end', { commit: 2n ** 62n, prepare: 1n }],
      ['out of order', { commit: 1n, prepare: 2n }],
    ])('cannot be made with a position %s', async (_, startFrom) => {
      const making = context.client.createPersistentSubscriptionToAll(newStream(), toAll({ startFrom }));
      await expect(making).rejects.toMatchObject({ type: 'persistent-subscription-failed' });
    });

    it.each(['stream', 'type'] as const)('gives what passes its filter by %s, and replays it', async (by) => {
      const [stream, group] = [newStream(), newStream()];
      const batch = events(3, stream);
      const filter =
        by === 'stream'
          ? library.streamNameFilter({ prefixes: [stream] })
          : library.eventTypeFilter({ regex: `^${stream}$` });
      await context.client.appendToStream(stream, batch.slice(0, 2));
      await context.client.createPersistentSubscriptionToAll(group, toAll(), { filter });
      await context.client.appendToStream(newStream(), events(5));
      await context.client.appendToStream(stream, batch.slice(2));
      const joined = consume(context.client.subscribeToPersistentSubscriptionToAll(group, { bufferSize: 50 }));
      expect(idsIn(await joined.count(3))).toEqual(idsOf(batch));
      await joined.subscription.nack('park', 'no', await joined.at(0));
      await joined.subscription.ack(await joined.at(1), await joined.at(2));
      const info = () => context.client.getPersistentSubscriptionToAllInfo(group);
      await eventually(info, ({ stats }) => stats.parkedMessageCount === 1n);
      await context.client.replayParkedMessagesToAll(group);
      expect((await joined.at(3)).event?.id).toBe(batch[0]?.id);
      await joined.subscription.ack(await joined.at(3));
      await joined.subscription.unsubscribe();
      await context.client.deletePersistentSubscriptionToAll(group);
    });

    it('writes about itself what the whole log does not show', async () => {
      const [stream, group] = [newStream(), newStream()];
      const { position } = await context.client.appendToStream(stream, events(2));
      const filter = library.streamNameFilter({ prefixes: [stream] });
      const options = toAll({ checkPointUpperBound: 1 });
      await context.client.createPersistentSubscriptionToAll(group, options, { filter });
      const { subscription, at } = consume(context.client.subscribeToPersistentSubscriptionToAll(group));
      await subscription.nack('park', 'no', await at(0));
      await subscription.ack(await at(1));
      const info = () => context.client.getPersistentSubscriptionToAllInfo(group);
      const last = position?.commit ?? 0n;
      await eventually(info, ({ stats }) => (stats.lastCheckpointedEventPosition?.commit ?? 0n) >= last);
      const own = (kind: string) =>
        collect(context.client.readStream(`$persistentsubscription-$all::${group}-${kind}`));
      expect((await own('checkpoint')).at(-1)).toMatchObject({ type: 'SubscriptionCheckpoint', isJson: true });
      expect((await own('parked')).map(({ type }) => type)).toEqual(['$>']);
      const after = await collect(context.client.readAll({ fromPosition: position ?? 'start' }));
      expect(after.filter(({ streamId }) => streamId.includes(`$all::${group}`))).toEqual([]);
      await subscription.unsubscribe();
      await context.client.deletePersistentSubscriptionToAll(group);
    });
  });
}
