import grpc from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { UnreadableEvent } from '../../../src/event-sourcing/errors.js';
import type { Delivery } from '../../../src/event-sourcing/event-store.js';
import type { Position } from '../../../src/event-sourcing/fact.js';
import { script } from '../../support/scripted-calls.js';
import type { OnSubscribe } from '../../support/scripted-calls.js';
import { held, scripted, take } from './fixtures.js';

const given = scripted();
const forEver = new AbortController().signal;
const subscribe = (after?: Position, signal = forEver) => given.store.subscribe(['user-', 'apikey-'], after, signal);
const positions = (deliveries: readonly Delivery[]) =>
  deliveries.flatMap(({ events }) => events.map((event) => event.position));
const until = (position: Position) => (all: readonly Delivery[]) => positions(all).includes(position);
const hold = (count: number, stream = 'user-1') =>
  Array.from({ length: count }, () => given.server.hold(stream, held()));
const times = (count: number) => Array.from({ length: count }, (_, i) => BigInt(i + 1) * 100n);
const caughtUp = (all: readonly Delivery[]) => all.at(-1)?.caughtUp === true;

describe('a subscription in trouble', () => {
  it.each<[string, OnSubscribe]>([
    ['ends without an error', script.call.endOk],
    ['is cancelled', script.call.fail(grpc.status.CANCELLED)],
    ['is unavailable', script.call.fail(grpc.status.UNAVAILABLE)],
    ['finds its reader too slow', script.call.fail(grpc.status.ABORTED)],
    ['fails for no known reason', script.call.fail(grpc.status.UNKNOWN)],
  ])('goes on after the last delivery where the store %s', async (_, drop) => {
    const [first, second] = hold(5);
    const half: OnSubscribe = (subscription) => {
      subscription.confirm();
      if (first && second) subscription.send(first, second);
      setImmediate(drop, subscription);
    };
    given.server.onSubscribe.push(half, drop, drop);
    expect(positions(await take(subscribe(), until(500n)))).toEqual(times(5));
    expect(given.server.subscriptions).toHaveLength(4);
  });

  it('outlives the store', async () => {
    hold(1);
    const deliveries = take(subscribe(), until(200n));
    await given.server.until(() => given.server.subscriptions.length === 1);
    for (const { call } of given.server.subscriptions.splice(0)) call.destroy();
    hold(1);
    expect(positions(await deliveries)).toEqual([100n, 200n]);
  });

  it('drops what comes twice', async () => {
    const events = hold(3);
    given.server.onSubscribe.push((subscription) => {
      subscription.confirm();
      subscription.send(...events.slice(0, 2), ...events);
    });
    expect(positions(await take(subscribe(), until(300n)))).toEqual(times(3));
  });

  it('moves on with checkpoints only once it has caught up', async () => {
    const [event] = hold(1);
    given.server.onSubscribe.push((subscription) => {
      subscription.confirm();
      subscription.checkpoint(700n);
      if (event) subscription.send(event);
      subscription.caughtUp();
      subscription.checkpoint(900n);
    });
    const deliveries = await take(subscribe(), (all) => all.at(-1)?.position === 900n);
    expect(deliveries.map(({ position }) => position)).not.toContain(700n);
    expect(positions(deliveries)).toEqual([100n]);
  });

  it('brings an event that a checkpoint had overtaken, and trusts no more checkpoints', async () => {
    const [first, overtaken, last] = hold(3);
    given.server.onSubscribe.push((subscription) => {
      subscription.confirm();
      subscription.caughtUp();
      if (first) subscription.send(first);
      subscription.checkpoint(250n);
      if (overtaken) subscription.send(overtaken);
      subscription.checkpoint(900n);
      if (last) subscription.send(last);
    });
    const deliveries = await take(subscribe(), until(300n));
    expect(positions(deliveries)).toEqual(times(3));
    expect(deliveries.at(-1)?.position).toBe(300n);
  });

  it('is taken up again where it is silent though there are events', async () => {
    given.server.onSubscribe.push((subscription) => {
      subscription.confirm();
      subscription.caughtUp();
    });
    hold(1);
    expect(positions(await take(subscribe(), until(100n)))).toEqual([100n]);
  });

  it('is taken up again where it is not even confirmed', async () => {
    given.server.onSubscribe.push(script.silence);
    expect(await take(subscribe(), caughtUp)).toHaveLength(1);
    expect(given.server.subscriptions).toHaveLength(2);
  });

  it('is left alone where only other streams have news', async () => {
    hold(1);
    const deliveries = take(subscribe(), until(400n));
    await given.server.until(() => given.server.subscriptions.length === 1);
    hold(2, 'order-1');
    await given.server.until(() => given.server.reads === 5);
    hold(1);
    await deliveries;
    expect(given.server.subscriptions).toHaveLength(1);
  });

  it('has caught up where the log says so, though the store does not', async () => {
    const events = hold(2);
    given.server.onSubscribe.push((subscription) => {
      subscription.confirm();
      subscription.send(...events);
    });
    const deliveries = await take(subscribe(), caughtUp);
    expect(positions(deliveries)).toEqual(times(2));
    expect(given.server.subscriptions).toHaveLength(1);
  });

  it.each([
    ['cannot be read', { type: 'Exploded' }],
    ['breaks the client', { nameless: true }],
  ])('stops for good at an event that %s, after those before it', async (_, broken) => {
    hold(2);
    given.server.hold('user-1', held('c', broken));
    hold(1);
    const seen: Delivery[] = [];
    const reading = (async () => {
      for await (const delivery of subscribe()) seen.push(delivery);
    })();
    await expect(reading).rejects.toBeInstanceOf(UnreadableEvent);
    await expect(reading).rejects.toMatchObject({ revision: 2n, position: 300n });
    expect(positions(seen)).toEqual(times(2));
    expect(given.server.subscriptions).toHaveLength(1);
  });
});
