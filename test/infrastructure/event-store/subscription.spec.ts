import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '../../../src/event-sourcing/event-store.js';
import type { Position } from '../../../src/event-sourcing/fact.js';
import { held, renamed, scripted, take } from './fixtures.js';

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

describe('subscribe', () => {
  it('brings what is there, in order, then says that it has caught up', async () => {
    hold(1_000);
    const deliveries = await take(subscribe(), caughtUp);
    expect(positions(deliveries)).toEqual(times(1_000));
    expect(Math.max(...deliveries.map(({ events }) => events.length))).toBeLessThanOrEqual(500);
    for (const { events, position } of deliveries.slice(0, -1)) expect(position).toBe(events.at(-1)?.position);
  });

  it('brings at once what has come while its reader was busy, up to a limit', async () => {
    await given.reopen({ limits: { deliveredAtOnce: 10 } });
    const deliveries = subscribe()[Symbol.asyncIterator]();
    await deliveries.next();
    hold(45);
    for (let i = 0; i < 5; i++) await given.store.head();
    const { value } = await deliveries.next();
    const { length } = (value as Delivery).events;
    expect(length).toBe(10);
    await deliveries.return(undefined);
  });

  it('says that it has caught up with an empty log', async () => {
    expect(await take(subscribe(), caughtUp)).toEqual([{ events: [], position: undefined, caughtUp: true }]);
  });

  it('brings what is added later, from the streams named alone', async () => {
    const deliveries = take(subscribe(), until(400n));
    await given.server.until(() => given.server.subscriptions.length === 1);
    hold(1);
    hold(1, 'order-1');
    hold(1, 'apikey-1');
    await given.store.append('user-9', -1n, [renamed()]);
    expect(positions(await deliveries)).toEqual([100n, 300n, 400n]);
  });

  it('begins after a position', async () => {
    hold(3);
    expect(positions(await take(subscribe(200n), until(300n)))).toEqual([300n]);
    expect(given.server.subscriptions[0]?.after).toBe(200n);
  });

  it('holds back a server that is faster than its reader', async () => {
    await given.reopen({ limits: { deliveredAtOnce: 10 } });
    let sent = 0;
    given.server.onSubscribe.push((subscription) => {
      subscription.confirm();
      const more = (): void => {
        while (sent < 5_000) {
          sent++;
          const event = { ...given.server.hold('hidden', held('x'.repeat(1_000))), stream: 'user-1' };
          subscription.send(event);
          if (subscription.call.writableNeedDrain) return void subscription.call.once('drain', more);
        }
      };
      more();
    });
    const slow = subscribe()[Symbol.asyncIterator]();
    await slow.next();
    // Until the server gets nothing more rid of.
    for (let before = -1; before !== sent;) {
      before = sent;
      for (let i = 0; i < 20; i++) await given.store.head();
    }
    expect(sent).toBeLessThan(5_000);
    await slow.return(undefined);
  });

  it('ends when its signal aborts, and lets go of the call', async () => {
    const stop = new AbortController();
    const deliveries = take(subscribe(undefined, stop.signal), () => false);
    await given.server.until(() => given.server.subscriptions.length === 1);
    const [call] = given.server.subscriptions.map((one) => one.call);
    const cancelled = new Promise((resolve) => call?.once('cancelled', resolve));
    stop.abort();
    await cancelled;
    expect((await deliveries).length).toBeLessThan(2);
  });

  it('ends when the adapter is closed', async () => {
    const deliveries = take(subscribe(), () => false);
    await given.server.until(() => given.server.subscriptions.length === 1);
    await given.store.close();
    expect((await deliveries).length).toBeLessThan(2);
  });

  it('is refused beyond a few: a connection serves only so many calls', async () => {
    await given.reopen({ limits: { subscriptions: 1 } });
    const first = subscribe()[Symbol.asyncIterator]();
    await first.next();
    await expect(take(subscribe(), () => true)).rejects.toThrow('more than 1 subscriptions');
    await first.return(undefined);
    await expect(take(subscribe(), () => true)).resolves.toHaveLength(1);
  });
});
