import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { count, failureOf, packageOf } from './either-client.js';
import type { Scheme } from './either-client.js';
import { PASSWORD, USER } from './with-secure-store.js';
import type { withSecureStore } from './with-secure-store.js';

const DENIED = expect.objectContaining({ type: 'access-denied' });
const ADMIN = [USER, PASSWORD];

/** What a client may do by itself, with the right credentials, and with others. */
export function describeSecureCalls(scheme: Scheme, context: ReturnType<typeof withSecureStore>): void {
  const client = {} as Awaited<ReturnType<typeof packageOf>>;
  beforeAll(async () => {
    Object.assign(client, await packageOf(scheme));
  });
  const event = () => client.jsonEvent({ type: 'Happened', data: {} });
  const settings = () => client.persistentSubscriptionToStreamSettingsFromDefaults();
  const newStream = () => `stream-${randomUUID()}`;

  it('appends, reads, subscribes, consumes and deletes as the user', async () => {
    const ada = await context.connectAs(scheme, ADMIN);
    const stream = newStream();
    await ada.appendToStream(stream, [event(), event()]);
    expect(await count(ada.readStream(stream))).toBe(2);
    const subscription = ada.subscribeToStream(stream, { fromRevision: client.START });
    await once(subscription, 'data');
    await subscription.unsubscribe();
    await ada.createPersistentSubscriptionToStream(stream, 'g', settings());
    const consumer = ada.subscribeToPersistentSubscriptionToStream(stream, 'g');
    await once(consumer, 'confirmation');
    const { connections } = await ada.getPersistentSubscriptionToStreamInfo(stream, 'g');
    expect(connections.map(({ username }) => username)).toEqual([USER]);
    const [{ connections: listed } = { connections: [] }] = await ada.listAllPersistentSubscriptions();
    expect(listed.map(({ username }) => username)).toEqual([USER]);
    await consumer.unsubscribe();
    await ada.deleteStream(stream);
    await expect(count(ada.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  describe.each([
    ['a wrong password', [USER, 'changeit']],
    ['a wrong user', ['admin', PASSWORD]],
    ['no user', []],
  ])('with %s is denied', (_, who) => {
    it.each<[string, (stranger: EventStoreDBClient) => Promise<unknown>]>([
      ['appending', (stranger) => stranger.appendToStream('s', event())],
      ['reading a stream', (stranger) => count(stranger.readStream('s'))],
      ['reading everything', (stranger) => count(stranger.readAll())],
      ['deleting', (stranger) => stranger.deleteStream('s')],
      ['closing', (stranger) => stranger.tombstoneStream('s')],
      ['setting metadata', (stranger) => stranger.setStreamMetadata('s', { maxCount: 1 })],
      ['subscribing', (stranger) => failureOf(stranger.subscribeToAll())],
      ['making a group', (stranger) => stranger.createPersistentSubscriptionToStream('s', 'g', settings())],
      ['joining a group', (stranger) => failureOf(stranger.subscribeToPersistentSubscriptionToStream('s', 'g'))],
      ['listing groups', (stranger) => stranger.listAllPersistentSubscriptions()],
    ])('%s', async (_, act) => {
      await expect(act(await context.connectAs(scheme, who))).rejects.toEqual(DENIED);
    });
  });

  it('may, for one call, be somebody else', async () => {
    const nobody = await context.connectAs(scheme, []);
    const [username, password] = [USER, PASSWORD];
    const appending = nobody.appendToStream(newStream(), event(), { credentials: { username, password } });
    await expect(appending).resolves.toMatchObject({ success: true });
    const wrong = nobody.appendToStream(newStream(), event(), { credentials: { username, password: 'x' } });
    await expect(wrong).rejects.toEqual(DENIED);
  });

  it('is denied, even as the user, deleting metadata, or the log itself', async () => {
    const ada = await context.connectAs(scheme, ADMIN);
    const stream = newStream();
    await ada.setStreamMetadata(stream, { maxCount: 1 });
    for (const name of [`$$${stream}`, '$all']) {
      await expect(ada.deleteStream(name)).rejects.toEqual(DENIED);
      await expect(ada.tombstoneStream(name)).rejects.toEqual(DENIED);
    }
    expect((await ada.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 1 });
  });

  it('is denied, even as the user, appending to the log itself', async () => {
    const [ada, nobody] = [await context.connectAs(scheme, ADMIN), await context.connectAs(scheme, [])];
    const [username, password] = [USER, PASSWORD];
    await expect(ada.appendToStream('$all', event())).rejects.toEqual(DENIED);
    const classic = nobody.appendToStream('$all', event(), { credentials: { username, password } });
    await expect(classic).rejects.toEqual(DENIED);
  });

  it('and no user at once: what is denied the one is done for the other', async () => {
    const [ada, nobody] = [await context.connectAs(scheme, ADMIN), await context.connectAs(scheme, [])];
    const names = Array.from({ length: 30 }, newStream);
    const appends = names.map((name, index) => (index % 2 === 0 ? ada : nobody).appendToStream(name, event()));
    const outcomes = (await Promise.allSettled(appends)).map((outcome) =>
      outcome.status === 'fulfilled' ? 'done' : (outcome.reason as { type: string }).type,
    );
    expect(outcomes).toEqual(names.map((_, index) => (index % 2 === 0 ? 'done' : 'access-denied')));
    await expect(count(ada.readStream(names[1] ?? ''))).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('trusts the certificate for the names it is of', async () => {
    const elsewhere = await context.connectAs(scheme, ADMIN, { hosts: `127.0.0.2:${context.store.port}` });
    await expect(elsewhere.appendToStream(newStream(), event(), { deadline: 2_000 })).rejects.toThrow();
  });
}
