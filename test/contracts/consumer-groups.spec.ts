import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { PersistentSubscriptionToAll, PersistentSubscriptionToStream } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsumerGroupExists, NoSuchConsumerGroup } from '../../src/event-sourcing/consumer-group.errors.js';
import { consumerStrategies, type ConsumerGroup, type NewGroup } from '../../src/event-sourcing/consumer-groups.js';
import { EventStoreUnavailable, OutcomeUnknown } from '../../src/event-sourcing/errors.js';
import { NO_STREAM } from '../../src/event-sourcing/fact.js';
import { connectEventStore, type EventStoreDb } from '../../src/infrastructure/event-store/event-store-db.js';
import { catalogue, upcasters } from '../infrastructure/event-store/examples.js';
import { renamed } from '../infrastructure/event-store/fixtures.js';
import { stores } from '../support/stores.js';

const wanted: NewGroup = { from: 'start', maxRetries: 3, messageTimeout: 20_000, strategy: 'round-robin' };
const nothing = (): void => undefined;

describe.each(stores)('the consumer groups port on %s', (name, start) => {
  let running: Awaited<ReturnType<typeof start>>;
  let store: EventStoreDb;
  let consumer: EventStoreDBClient;
  beforeAll(async () => {
    running = await start();
    const logger = { info: nothing, warn: nothing, error: nothing };
    store = connectEventStore({ url: running.url, catalogue, upcasters, logger });
    await store.ready(10_000);
    // It only takes: the one that appends is the adapter's.
    consumer = EventStoreDBClient.connectionString(running.url);
  });
  afterAll(async () => {
    await consumer.dispose();
    await store.close();
    await running.stop();
  });

  const aCategory = () => `c${randomUUID().replaceAll('-', '')}`;
  const anAddress = (stream = `user-${randomUUID()}`) => ({ stream, group: `g${randomUUID()}` });
  const groups = () => store.consumerGroups;
  /** Takes and answers until it is told to stop. */
  async function take(
    subscription: PersistentSubscriptionToStream | PersistentSubscriptionToAll,
    count: number,
    answer: 'ack' | 'park' = 'ack',
  ): Promise<string[]> {
    const ids: string[] = [];
    for await (const message of subscription) {
      ids.push(message.event?.id ?? '');
      if (answer === 'ack') await subscription.ack(message);
      if (answer === 'park') await subscription.nack('park', 'a test', message);
      if (ids.length === count) break;
    }
    return ids;
  }
  /** Takes, and leaves once the store has heard the answers: a call that is cancelled takes those on their way along. */
  async function takeAndLeave(
    address: ReturnType<typeof anAddress>,
    ...what: [count: number, answer?: 'ack' | 'park']
  ) {
    const subscription = join(address);
    const ids = await take(subscription, ...what);
    await once(address, ({ connections }) => connections.at(-1)?.inFlight === 0);
    await subscription.unsubscribe();
    await once(address, ({ connections }) => connections.length === 0);
    return ids;
  }
  const join = ({ stream, group }: ReturnType<typeof anAddress>) =>
    consumer.subscribeToPersistentSubscriptionToStream(stream, group).on('error', nothing);
  async function once(address: ReturnType<typeof anAddress>, holds: (group: ConsumerGroup) => boolean) {
    for (;;) {
      const group = await groups().info(address);
      if (holds(group)) return group;
    }
  }

  it('tells of a group as it was made', async () => {
    const address = anAddress();
    await groups().create(address, { ...wanted, from: 'end', strategy: 'pinned' });
    expect(await groups().info(address)).toEqual({
      ...{
        ...address,
        status: expect.any(String),
        connections: [],
        lag: undefined,
        inFlight: 0,
        retrying: 0,
        parked: 0n,
      },
      ...{ lastCheckpoint: undefined, settings: { ...wanted, from: 'end', strategy: 'pinned' } },
    });
  });

  it.each(consumerStrategies)('makes one that is %s', async (strategy) => {
    for (const stream of [`$ce-${aCategory()}`, '$all']) {
      const address = anAddress(stream);
      await groups().create(address, { ...wanted, strategy });
      expect(await groups().info(address)).toMatchObject({ ...address, settings: { ...wanted, strategy } });
    }
  });

  it('makes one once', async () => {
    const address = anAddress();
    await groups().create(address, wanted);
    await expect(groups().create(address, wanted)).rejects.toEqual(new ConsumerGroupExists(address));
    await expect(groups().create(address, wanted)).rejects.toMatchObject({ code: 'consumer-group-exists' });
  });

  it.each([['user-1'], ['$ce-user'], ['$all']])('knows none on %s that was never made', async (stream) => {
    const address = anAddress(stream);
    const missing = new NoSuchConsumerGroup(address);
    await expect(groups().info(address)).rejects.toEqual(missing);
    await expect(groups().replayParked(address)).rejects.toEqual(missing);
    await expect(groups().delete(address)).rejects.toEqual(missing);
  });

  it('refuses what the store refuses, saying why', async () => {
    const refused = groups().create(anAddress(''), wanted);
    await expect(refused).rejects.toMatchObject({
      code: 'consumer-group-refused',
      message: expect.stringMatching(/refuses: ./),
    });
  });

  it('lists all, in order, each with how far it is behind', async () => {
    const category = aCategory();
    await store.append(`${category}-1`, NO_STREAM, [renamed(), renamed()]);
    const [a, b] = [anAddress(`$ce-${category}`), anAddress('$all')];
    for (const address of [a, b]) await groups().create(address, wanted);
    const found = (await groups().list()).filter(({ group }) => [a, b].some((each) => each.group === group));
    expect(found.map(({ stream, group, lag }) => ({ stream, group, lag }))).toEqual([
      { ...b, lag: undefined },
      { ...a, lag: 2n },
    ]);
    expect((await groups().list()).map(({ stream }) => stream)).toEqual(
      (await groups().list()).map(({ stream }) => stream).sort(),
    );
  });

  it('measures the lag by the stream, whether or not anybody takes from the group', async () => {
    const category = aCategory();
    const address = anAddress(`$ce-${category}`);
    await groups().create(address, wanted);
    expect(await groups().info(address)).toMatchObject({ lag: 0n });
    for (const one of ['1', '2', '3']) await store.append(`${category}-${one}`, NO_STREAM, [renamed(), renamed()]);
    await once(address, ({ lag }) => lag === 6n);
    const subscription = join(address);
    expect(await take(subscription, 4)).toHaveLength(4);
    const { lastCheckpoint } = await once(address, ({ lag }) => lag === 2n);
    expect(lastCheckpoint).toBe(3n);
    await subscription.unsubscribe();
  });

  it('sees consumers, what they hold, what waits and what is parked; parked events come again', async () => {
    const address = anAddress();
    const given = [renamed(), renamed(), renamed()];
    await store.append(address.stream, NO_STREAM, given);
    await groups().create(address, wanted);
    const first = join(address);
    const ids = given.map(({ id }) => id);
    // Nobody reads from it yet; the store has sent what the client asked for all the same.
    const { connections } = await once(address, ({ inFlight }) => inFlight === 3);
    expect(connections).toEqual([{ name: expect.stringMatching(/./), inFlight: 3, freeSlots: 7 }]);
    // A loop that is left destroys the stream and leaves the call as it is.
    await first.unsubscribe();
    expect(await takeAndLeave(address, 3, 'park')).toEqual(ids);
    await once(address, ({ parked }) => parked === 3n);
    await groups().replayParked(address, 2);
    expect(await takeAndLeave(address, 2)).toEqual(ids.slice(0, 2));
    await once(address, ({ parked }) => parked === 1n);
    await groups().replayParked(address);
    expect(await takeAndLeave(address, 1)).toEqual(ids.slice(2));
  });

  it('gives a group on the whole log the events of users alone', async () => {
    const address = anAddress('$all');
    await groups().create(address, { ...wanted, from: 'end' });
    const given = renamed();
    await store.append(`${aCategory()}-1`, NO_STREAM, [renamed()]);
    await store.append(`user-${randomUUID()}`, NO_STREAM, [given]);
    const subscription = consumer.subscribeToPersistentSubscriptionToAll(address.group).on('error', nothing);
    expect(await take(subscription, 1)).toEqual([given.id]);
    const { lastCheckpoint, lag } = await once(address, (group) => (group.lastCheckpoint ?? 0n) > 0n);
    expect([lastCheckpoint, lag]).toEqual([expect.any(BigInt), undefined]);
    await subscription.unsubscribe();
  });

  it('knows no group that was ended', async () => {
    for (const stream of [`user-${randomUUID()}`, '$all']) {
      const address = anAddress(stream);
      await groups().create(address, wanted);
      await groups().delete(address);
      await expect(groups().info(address)).rejects.toBeInstanceOf(NoSuchConsumerGroup);
    }
  });

  const stoppable = name === 'the embedded store' ? it : it.skip;
  stoppable('is of no use once the store is closed (skipped where it is not ours to stop)', async () => {
    await running.stop();
    await expect(groups().delete(anAddress())).rejects.toBeInstanceOf(OutcomeUnknown);
    await expect(groups().list()).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(groups().delete(anAddress())).rejects.toBeInstanceOf(EventStoreUnavailable);
  });
});
