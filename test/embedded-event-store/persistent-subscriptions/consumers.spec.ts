import {
  binaryEvent,
  END,
  eventTypeFilter,
  persistentSubscriptionToAllSettingsFromDefaults,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { collect, event, events, idsOf, newStream, withStore } from '../with-store.js';
import { consume, idsIn, infoWhen } from './consume.js';
import { settings } from './settings.js';

const context = withStore();

/** A stream with so many events, and a group of its own. */
async function prepare(count: number, changed: Parameters<typeof settings>[0] = {}) {
  const [stream, batch] = [newStream(), events(count)];
  if (count > 0) await context.client.appendToStream(stream, batch);
  await context.client.createPersistentSubscriptionToStream(stream, 'group', settings(changed));
  const join = (bufferSize = 10) =>
    consume(context.client.subscribeToPersistentSubscriptionToStream(stream, 'group', { bufferSize }));
  const info = (willDo: Parameters<typeof infoWhen>[3] = () => true) =>
    infoWhen(context.client, stream, 'group', willDo);
  return { stream, ids: idsOf(batch), join, info };
}
const parkedIn = (stream: string) => `$persistentsubscription-${stream}::group-parked`;

describe('a group', () => {
  it('gives history and what comes, in order, as slots are freed', async () => {
    const { stream, ids, join } = await prepare(5);
    const { subscription, at, count, given } = join(2);
    await count(2);
    await subscription.ack(await at(0));
    await count(3);
    expect(idsIn(given)).toEqual(ids.slice(0, 3));
    expect(given[0]).toMatchObject({ retryCount: 0, event: { revision: 0n, streamId: stream } });
    const live = event();
    await context.client.appendToStream(stream, live);
    for (let next = 1; next < 5; next++) await subscription.ack(await at(next));
    expect(idsIn(await count(6))).toEqual([...ids, live.id]);
    await subscription.unsubscribe();
  });

  it.each<[string, Parameters<typeof settings>[0], number]>([
    ['start', { startFrom: START }, 0],
    ['revision, that one included', { startFrom: 3n }, 3],
    ['end', { startFrom: END }, 5],
    ['revision still to come', { startFrom: 7n }, 7],
  ])('begins at the %s', async (_, changed, first) => {
    const { stream, ids, join } = await prepare(5, changed);
    const later = events(4);
    await context.client.appendToStream(stream, later);
    const expected = [...ids, ...idsOf(later)].slice(first);
    const { count, subscription } = join();
    expect(idsIn(await count(expected.length))).toEqual(expected);
    await subscription.unsubscribe();
  });

  it('waits for a stream that does not exist', async () => {
    const { stream, join } = await prepare(0);
    const { confirmed, at, subscription } = join();
    await confirmed;
    const first = event();
    await context.client.appendToStream(stream, first);
    expect((await at(0)).event?.id).toBe(first.id);
    expect(subscription.id).toBe(`${stream}::group`);
    await subscription.unsubscribe();
  });

  it('gives to its consumers by turns', async () => {
    const { stream, join } = await prepare(0);
    const consumers = [join(), join()];
    await Promise.all(consumers.map(({ confirmed }) => confirmed));
    await context.client.appendToStream(stream, events(6));
    const shares = await Promise.all(consumers.map(({ count }) => count(3)));
    expect(shares.map((share) => share.map((given) => Number(given.event?.revision) % 2))).toContainEqual([0, 0, 0]);
    for (const { subscription } of consumers) await subscription.unsubscribe();
  });

  it('gives what a consumer had to another when it goes', async () => {
    const { ids, join, info } = await prepare(4);
    const first = join(3);
    await first.count(3);
    await first.subscription.ack(await first.at(0));
    await first.count(4);
    await info(({ stats }) => stats.totalInFlightMessages === 3);
    await first.subscription.unsubscribe();
    const second = join();
    const given = await second.count(3);
    expect(idsIn(given)).toEqual(ids.slice(1));
    expect(given.map(({ retryCount }) => retryCount)).toEqual([1, 1, 1]);
    await second.subscription.unsubscribe();
  });

  it('takes no more consumers than it may, and the next when one has gone', async () => {
    const { stream, join, info } = await prepare(0, { maxSubscriberCount: 1 });
    const first = join();
    await first.confirmed;
    expect(await join().failed).toMatchObject({
      type: 'maximum-subscribers-reached',
      streamName: stream,
      groupName: 'group',
    });
    await first.subscription.unsubscribe();
    await info(({ connections }) => connections.length === 0);
    const second = join();
    await second.confirmed;
    await second.subscription.unsubscribe();
  });

  it('that does not exist cannot be joined', async () => {
    const joined = consume(context.client.subscribeToPersistentSubscriptionToStream('stream-ü', 'none'));
    expect(await joined.failed).toMatchObject({
      type: 'persistent-subscription-does-not-exist',
      message: '5 NOT_FOUND: Subscription group none on stream stream-ü does not exist.',
    });
  });

  it('ignores answers about messages a consumer does not have', async () => {
    const { ids, join } = await prepare(2);
    const { subscription, at, count } = join(1);
    const first = await at(0);
    const unknown = { ...first, event: { ...first.event, id: '00000000-0000-4000-8000-000000000000' } };
    await subscription.ack(unknown as never);
    await subscription.nack('park', 'not mine', unknown as never);
    await subscription.ack(first, first);
    expect(idsIn(await count(2))).toEqual(ids);
    await subscription.unsubscribe();
  });
});

describe('a message', () => {
  it('that is to be tried again comes again before the others, and counts', async () => {
    const { ids, join } = await prepare(3);
    const { subscription, at, given, count } = join(1);
    await subscription.nack('retry', 'later', await at(0));
    await subscription.nack('retry', 'later', await at(1));
    await subscription.ack(await at(2));
    await count(4);
    expect(given.map(({ event: found, retryCount }) => [found?.id, retryCount])).toEqual([
      [ids[0], 0],
      [ids[0], 1],
      [ids[0], 2],
      [ids[1], 0],
    ]);
    await subscription.unsubscribe();
  });

  it('that was tried too often is parked, with the reason', async () => {
    const { stream, ids, join, info } = await prepare(1, { maxRetryCount: 1 });
    const { subscription, at } = join();
    await subscription.nack('retry', 'no', await at(0));
    await subscription.nack('retry', 'no', await at(1));
    await info(({ stats }) => stats.parkedMessageCount === 1n);
    const [parked] = await collect(context.client.readStream(parkedIn(stream)));
    expect(parked).toMatchObject({
      type: '$>',
      isJson: false,
      metadata: { reason: 'Reached retry count of 1', subscriptionEventNumber: 0 },
    });
    expect(Buffer.from(parked?.data as Uint8Array).toString()).toBe(`0@${stream}`);
    const resolved = [];
    for await (const one of context.client.readStream(parkedIn(stream), { resolveLinkTos: true }))
      resolved.push(one.event?.id);
    expect(resolved).toEqual(ids);
    await subscription.unsubscribe();
  });

  it.each(['skip', 'stop'] as const)('to %s is done with', async (action) => {
    const { ids, join, info } = await prepare(2, { checkPointUpperBound: 1 });
    const { subscription, at } = join(1);
    await subscription.nack(action, 'no', await at(0));
    expect((await at(1)).event?.id).toBe(ids[1]);
    expect((await info(({ stats }) => stats.lastCheckpointedEventRevision === 0n)).stats.parkedMessageCount).toBe(0n);
    await subscription.unsubscribe();
  });

  it('that is parked comes back when asked for, and then is parked no longer', async () => {
    const { stream, ids, join, info } = await prepare(2);
    const { subscription, at, count, given } = join();
    await subscription.nack('park', 'because', await at(0), await at(1));
    await info(({ stats }) => stats.parkedMessageCount === 2n);
    await context.client.replayParkedMessagesToStream(stream, 'group');
    await count(4);
    const parked = await collect(context.client.readStream(parkedIn(stream)));
    expect(given.slice(2).map((one) => [one.event?.id, one.link?.id, one.retryCount])).toEqual([
      [ids[0], parked[0]?.id, 0],
      [ids[1], parked[1]?.id, 0],
    ]);
    expect(parked[0]?.metadata).toMatchObject({ reason: "Client explicitly NAK'ed message.\nbecause" });
    await subscription.ack(await at(2), await at(3));
    await context.client.appendToStream(stream, event());
    await count(5);
    expect((await info()).stats.parkedMessageCount).toBe(0n);
    await eventuallyEmpty(parkedIn(stream));
    await subscription.unsubscribe();
  });

  it('parked again while it is replayed stays parked; the number to stop at is its own', async () => {
    const { stream, join, info } = await prepare(5);
    const { subscription, count, at, given } = join();
    await count(5);
    await subscription.nack('park', 'first', ...given);
    await info(({ stats }) => stats.parkedMessageCount === 5n);
    await context.client.replayParkedMessagesToStream(stream, 'group', { stopAt: 2 });
    await count(7);
    await subscription.nack('park', 'second', await at(5));
    await subscription.ack(await at(6));
    await info(({ stats }) => stats.parkedMessageCount === 4n);
    const left = async () =>
      (await collect(context.client.readStream(parkedIn(stream)))).map(({ revision }) => Number(revision));
    while ((await left())[0] !== 2);
    expect(await left()).toEqual([2, 3, 4, 5]);
    await subscription.unsubscribe();
  });
});

describe('a group on links', () => {
  const category = () => newStream().replaceAll('-', '');

  it.each([true, false])('of a category, resolved: %s', async (resolveLinkTos) => {
    const [name, batch] = [category(), events(3)];
    await context.client.createPersistentSubscriptionToStream(
      `$ce-${name}`,
      'group',
      settings({ resolveLinkTos, startFrom: END }),
    );
    for (const [index, one] of batch.entries()) await context.client.appendToStream(`${name}-${index}`, one);
    const { subscription, count, given } = consume(
      context.client.subscribeToPersistentSubscriptionToStream(`$ce-${name}`, 'group', { bufferSize: 2 }),
    );
    await count(2);
    await subscription.ack(...given);
    await count(3);
    if (resolveLinkTos) expect(idsIn(given)).toEqual(idsOf(batch));
    const links = given.map(({ event: found, link }) => (resolveLinkTos ? link : found));
    expect(links.map((link) => [link?.type, link?.streamId, link?.revision])).toEqual(
      [0n, 1n, 2n].map((revision) => ['$>', `$ce-${name}`, revision]),
    );
    await subscription.unsubscribe();
  });

  it('parks what a link leads to', async () => {
    const name = category();
    const stream = `$ce-${name}`;
    await context.client.appendToStream(`${name}-1`, events(2));
    await context.client.createPersistentSubscriptionToStream(stream, 'group', settings({ resolveLinkTos: true }));
    const { subscription, at } = consume(context.client.subscribeToPersistentSubscriptionToStream(stream, 'group'));
    await subscription.nack('park', 'no', await at(1));
    await infoWhen(context.client, stream, 'group', ({ stats }) => stats.parkedMessageCount === 1n);
    const [parked] = await collect(context.client.readStream(parkedIn(stream)));
    expect(Buffer.from(parked?.data as Uint8Array).toString()).toBe(`1@${name}-1`);
    await subscription.unsubscribe();
  });
});

it('parks a link that leads nowhere as it is, and gives it back so', async () => {
  const { stream, join, info } = await prepare(0, { resolveLinkTos: true });
  const broken = binaryEvent({ type: '$>', data: Buffer.from(`7@none-${stream}`) });
  await context.client.appendToStream(stream, broken);
  const { subscription, at } = join();
  const given = await at(0);
  expect([given.event, given.link?.id]).toEqual([undefined, broken.id]);
  await subscription.nack('park', 'no', given);
  await info(({ stats }) => stats.parkedMessageCount === 1n);
  const [parked] = await collect(context.client.readStream(parkedIn(stream)));
  expect(Buffer.from(parked?.data as Uint8Array).toString()).toBe(`7@none-${stream}`);
  await context.client.replayParkedMessagesToStream(stream, 'group');
  const again = await at(1);
  expect([again.event, again.link?.id]).toEqual([undefined, parked?.id]);
  await subscription.ack(again);
  await eventuallyEmpty(parkedIn(stream));
  await subscription.unsubscribe();
});

describe('a group on the whole log', () => {
  const toAll = (changed: object) => persistentSubscriptionToAllSettingsFromDefaults(changed);
  const join = (group: string) =>
    consume(context.client.subscribeToPersistentSubscriptionToAll(group, { bufferSize: 50 }));

  it.each<[string, (prefix: string) => Parameters<typeof context.client.createPersistentSubscriptionToAll>[2]]>([
    ['stream', (prefix) => ({ filter: streamNameFilter({ prefixes: [prefix] }) })],
    ['type', (prefix) => ({ filter: eventTypeFilter({ regex: `^${prefix}$` }) })],
  ])('gives what passes its filter by %s', async (_, options) => {
    const [prefix, group] = [newStream(), newStream()];
    const batch = events(4, prefix);
    await context.client.appendToStream(prefix, batch.slice(0, 2));
    await context.client.createPersistentSubscriptionToAll(group, toAll({ startFrom: START }), options(prefix));
    await context.client.appendToStream(newStream(), events(5));
    await context.client.appendToStream(prefix, batch.slice(2));
    const { subscription, count } = join(group);
    const given = await count(4);
    expect(idsIn(given)).toEqual(idsOf(batch));
    expect(given[0]?.event?.position?.commit).toBeGreaterThan(0n);
    await subscription.unsubscribe();
    await context.client.deletePersistentSubscriptionToAll(group);
  });

  it('begins at a position, that one included, or at the end', async () => {
    const [stream, batch, late] = [newStream(), events(3), event()];
    await context.client.appendToStream(stream, batch);
    const [, second] = await collect(context.client.readStream(stream));
    const [fromSecond, fromEnd] = [newStream(), newStream()];
    await context.client.createPersistentSubscriptionToAll(fromSecond, toAll({ startFrom: second?.position }));
    await context.client.createPersistentSubscriptionToAll(fromEnd, toAll({ startFrom: END }));
    await context.client.appendToStream(stream, late);
    const [one, other] = [join(fromSecond), join(fromEnd)];
    expect(idsIn(await one.count(3)).slice(0, 2)).toEqual(idsOf(batch.slice(1)));
    const heard = await other.until((given) => idsIn(given).includes(late.id));
    expect(heard.map(({ event: found }) => found?.type)).toEqual(['$PersistentConfig', late.type]);
    for (const { subscription } of [one, other]) await subscription.unsubscribe();
    for (const group of [fromSecond, fromEnd]) await context.client.deletePersistentSubscriptionToAll(group);
  });

  it('does not give, nor show, what it writes about itself', async () => {
    const [group, stream, batch] = [newStream(), newStream(), events(3)];
    const filter = streamNameFilter({ regex: `${stream}|persistentsubscription-.all::${group}` });
    const changed = toAll({ startFrom: START, checkPointUpperBound: 1 });
    await context.client.createPersistentSubscriptionToAll(group, changed, { filter });
    await context.client.appendToStream(stream, batch);
    const { subscription, given, at } = join(group);
    await subscription.ack(await at(0));
    await subscription.nack('park', 'no', await at(1));
    const info = () => context.client.getPersistentSubscriptionToAllInfo(group);
    const position = (await collect(context.client.readStream(stream)))[1]?.position;
    while ((await info()).stats.lastCheckpointedEventPosition?.commit !== position?.commit);
    const [checkpoint] = await collect(context.client.readStream(`$persistentsubscription-$all::${group}-checkpoint`));
    expect(checkpoint).toMatchObject({
      type: 'SubscriptionCheckpoint',
      isJson: true,
      data: expect.stringMatching(/^C:\d+\/P:\d+$/),
    });
    await context.client.appendToStream(stream, event());
    await at(3);
    expect(given.every(({ event: found }) => found?.streamId === stream)).toBe(true);
    const log = await collect(context.client.readAll());
    expect(log.filter(({ streamId }) => streamId.startsWith('$persistentsubscription-$all'))).toEqual([]);
    await context.client.replayParkedMessagesToAll(group);
    expect((await at(4)).event?.id).toBe(batch[1]?.id);
    await subscription.unsubscribe();
    await context.client.deletePersistentSubscriptionToAll(group);
  });
});

async function eventuallyEmpty(stream: string): Promise<void> {
  while ((await collect(context.client.readStream(stream))).length > 0);
}
