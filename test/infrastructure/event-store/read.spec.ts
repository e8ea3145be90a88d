import grpc from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, UnreadableEvent } from '../../../src/event-sourcing/errors.js';
import type { Recorded } from '../../../src/event-sourcing/fact.js';
import { script } from '../../support/scripted-calls.js';
import { held, scripted, take } from './fixtures.js';

const given = scripted();
const names = (events: readonly Recorded[]) => events.map(({ data }) => (data as { to: string }).to);
const all = () => take(given.store.read('user-1', 0n), () => false);
const hold = (...some: string[]) => {
  for (const name of some) given.server.hold('user-1', held(name));
};

describe('read', () => {
  it('brings a stream from a revision on', async () => {
    hold('a', 'b', 'c');
    given.server.hold('user-2', held('other'));
    expect(names(await take(given.store.read('user-1', 1n), () => false))).toEqual(['b', 'c']);
  });

  it('brings nothing of a stream that is not there', async () => {
    expect(await all()).toEqual([]);
  });

  it.each([
    ['fails at once', script.call.fail(grpc.status.UNAVAILABLE)],
    ['is refused for good', script.call.fail(grpc.status.PERMISSION_DENIED)],
    ['gets no answer', script.silence],
  ])('says unavailable where it %s', async (_, serve) => {
    hold('a');
    given.server.onRead.push(serve);
    await expect(all()).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(names(await all())).toEqual(['a']);
  });

  it('notices silence half-way', async () => {
    hold('a', 'b');
    given.server.onRead.push((read) => {
      read.send(1);
    });
    const seen: Recorded[] = [];
    const reading = (async () => {
      for await (const event of given.store.read('user-1', 0n)) seen.push(event);
    })();
    await expect(reading).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(names(seen)).toEqual(['a']);
  });

  it('does not take the time its reader needs for silence', async () => {
    hold('a', 'b');
    const seen: string[] = [];
    for await (const event of given.store.read('user-1', 0n)) {
      seen.push(...names([event]));
      // Longer than any silence that is borne: a read that times out meanwhile.
      given.server.onRead.push(script.silence);
      await given.store.head().catch(() => undefined);
    }
    expect(seen).toEqual(['a', 'b']);
  });

  it('lets go of the call when its reader has enough', async () => {
    hold(...Array.from({ length: 100 }, () => 'a'));
    let cancelled = false;
    given.server.onRead.push((read) => {
      read.call.on('cancelled', () => (cancelled = true));
      read.send();
    });
    expect(await take(given.store.read('user-1', 0n), () => true)).toHaveLength(1);
    // The cancellation and this read take the same connection, in this order.
    await given.store.head();
    expect(cancelled).toBe(true);
  });

  it('stops at an event that cannot be read, after those before it', async () => {
    hold('a');
    given.server.hold('user-1', held('b', { data: Buffer.from('{"to":') }));
    const events = given.store.read('user-1', 0n)[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ done: false });
    await expect(events.next()).rejects.toMatchObject({ stream: 'user-1', revision: 1n, position: 200n });
  });

  it('stops at a record that breaks the client', async () => {
    hold('a');
    given.server.hold('user-1', held('b', { nameless: true }));
    await expect(all()).rejects.toBeInstanceOf(UnreadableEvent);
  });

  it('waits its turn behind others, for a connection serves only so many', async () => {
    hold('a');
    await given.reopen({ limits: { readsInFlight: 1 } });
    const first = given.store.read('user-1', 0n)[Symbol.asyncIterator]();
    await first.next();
    await expect(all()).rejects.toThrow('too many reads');
    const waiting = all();
    await first.return(undefined);
    expect(names(await waiting)).toEqual(['a']);
  });

  it('ends with an error when the adapter is closed', async () => {
    given.server.onRead.push(script.silence);
    const reading = all();
    await given.server.until(() => given.server.reads === 1);
    const [outcome] = await Promise.allSettled([reading, given.store.close()]);
    expect(outcome).toMatchObject({ reason: new EventStoreUnavailable('the event store connection is closed') });
  });
});

describe('head', () => {
  it('is undefined for an empty log, and then the position of the newest event of all', async () => {
    expect(await given.store.head()).toBeUndefined();
    hold('a');
    given.server.hold('other', held());
    expect(await given.store.head()).toBe(200n);
  });

  it('does not wait for ever', async () => {
    given.server.onRead.push(script.silence);
    await expect(given.store.head()).rejects.toBeInstanceOf(EventStoreUnavailable);
  });
});
