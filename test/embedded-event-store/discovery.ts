import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';
import { connect, count, packageOf } from './either-client.js';
import type { Scheme } from './either-client.js';
import { PASSWORD, USER, withSecureStore } from './with-secure-store.js';

/** The two spell one of them differently. */
const PREFERENCES: Readonly<Record<Scheme, readonly string[]>> = {
  esdb: ['leader', 'follower', 'read_only_replica', 'random'],
  kurrentdb: ['leader', 'follower', 'readonlyreplica', 'random'],
};

/** Nobody listens there. */
const DEAD = '127.0.0.1:1';

/** What a client does with strings that make it look for a cluster first. */
export function describeDiscovery(scheme: Scheme): void {
  const secure = withSecureStore();
  const plain = {} as { store: EmbeddedEventStore };
  beforeAll(async () => {
    plain.store = await startEmbeddedEventStore();
  });
  afterAll(async () => {
    await plain.store.stop();
  });
  const works = async (client: Awaited<ReturnType<typeof connect>>): Promise<void> => {
    const { jsonEvent } = await packageOf(scheme);
    const stream = `stream-${Math.random()}`;
    await client.appendToStream(stream, [jsonEvent({ type: 'Happened', data: {} })]);
    expect(await count(client.readStream(stream))).toBe(1);
  };
  const worksInClearText = async (rest: string): Promise<void> => {
    const client = await connect(scheme, `${scheme}${rest}`);
    await works(client);
    await client.dispose();
  };

  describe.each(PREFERENCES[scheme])('prefers a %s, and finds the one node', (preference) => {
    it('in clear text', async () => {
      await worksInClearText(`+discover://localhost:${plain.store.port}?tls=false&nodePreference=${preference}`);
    });
    it('over TLS', async () => {
      const options = `&nodePreference=${preference}`;
      await works(await secure.connectAs(scheme, [USER, PASSWORD], { discover: '+discover', options }));
    });
  });

  it('finds it among hosts of which one is dead', async () => {
    await worksInClearText(`://${DEAD},127.0.0.1:${plain.store.port}?tls=false`);
    const hosts = `localhost:${secure.store.port},${DEAD}`;
    await works(await secure.connectAs(scheme, [USER, PASSWORD], { hosts }));
  });

  it('finds it with a wrong password, and is then denied', async () => {
    const stranger = await secure.connectAs(scheme, [USER, 'wrong'], { discover: '+discover' });
    await expect(count(stranger.readAll())).rejects.toMatchObject({ type: 'access-denied' });
  });
}
