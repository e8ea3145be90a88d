import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, WrongExpectedRevision } from '../../src/event-sourcing/errors.js';
import type { Delivery, EventStore } from '../../src/event-sourcing/event-store.js';
import { NO_STREAM, type Recorded } from '../../src/event-sourcing/fact.js';
import { connectEventStore, type EventStoreDb } from '../../src/infrastructure/event-store/event-store-db.js';
import { catalogue, upcasters } from '../infrastructure/event-store/examples.js';
import { renamed, take } from '../infrastructure/event-store/fixtures.js';
import { stores } from '../support/stores.js';

describe.each(stores)('the event store port on %s', (_, start) => {
  let running: Awaited<ReturnType<typeof start>>;
  let store: EventStoreDb;
  beforeAll(async () => {
    running = await start();
    const nothing = (): void => undefined;
    store = connectEventStore({
      url: running.url,
      catalogue,
      upcasters,
      logger: { info: nothing, warn: nothing, error: nothing },
    });
    await store.ready(10_000);
  });
  afterAll(async () => {
    await store.close();
    await running.stop();
  });

  const aStream = (category = 'user') => `${category}-${randomUUID()}`;
  const read = (stream: string, from = 0n) => take(store.read(stream, from), () => false);
  const events = (deliveries: readonly Delivery[]) => deliveries.flatMap((delivery) => delivery.events);
  const ids = (all: readonly Pick<Recorded, 'id'>[]) => all.map(({ id }) => id);

  it('holds what it was given, under rising revisions and positions', async () => {
    const stream = aStream();
    const given = [renamed('Ada'), renamed('Zoë \u{1F600}'), renamed('')];
    const { revision, position } = await store.append(stream, NO_STREAM, given);
    const held = await read(stream);
    expect(held.map(({ id, type, data, meta }) => ({ id, type, data, meta }))).toEqual(given);
    expect(held.map((event) => event.revision)).toEqual([0n, 1n, 2n]);
    expect(held.map((event) => event.position)).toEqual(
      held.map((event) => event.position).sort((a, b) => Number(a - b)),
    );
    expect(held.at(-1)).toMatchObject({ stream, revision, position });
  });

  it('reads from a revision on, and nothing beyond the end or of no stream', async () => {
    const stream = aStream();
    const given = [renamed(), renamed()];
    await store.append(stream, NO_STREAM, given);
    expect(ids(await read(stream, 1n))).toEqual(ids(given.slice(1)));
    expect(await read(stream, 2n)).toEqual([]);
    expect(await read(aStream())).toEqual([]);
  });

  it('refuses to append anywhere but at the revision expected', async () => {
    const stream = aStream();
    await expect(store.append(stream, 0n, [renamed()])).rejects.toMatchObject({ expected: 0n, actual: NO_STREAM });
    await store.append(stream, NO_STREAM, [renamed(), renamed()]);
    for (const expected of [NO_STREAM, 0n, 2n]) {
      const late = store.append(stream, expected, [renamed()]);
      await expect(late).rejects.toEqual(new WrongExpectedRevision(stream, expected, 1n));
    }
    expect(await read(stream)).toHaveLength(2);
  });

  it('answers a repeated append with the same place, later ones notwithstanding', async () => {
    const stream = aStream();
    const given = [renamed(), renamed()];
    const first = await store.append(stream, NO_STREAM, given);
    await store.append(stream, 1n, [renamed()]);
    expect(await store.append(stream, NO_STREAM, given)).toEqual(first);
    expect(await read(stream)).toHaveLength(3);
  });

  it('does not take a partial repetition for one', async () => {
    const stream = aStream();
    const [first, second] = [renamed(), renamed()];
    await store.append(stream, NO_STREAM, [first]);
    await expect(store.append(stream, NO_STREAM, [first, second])).rejects.toBeInstanceOf(WrongExpectedRevision);
  });

  it('lets one of many writers through at each revision', async () => {
    const stream = aStream();
    const writers = Array.from({ length: 20 }, () => store.append(stream, NO_STREAM, [renamed()]));
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await read(stream)).toHaveLength(1);
  });

  it('takes appends up to the size promised', async () => {
    const stream = aStream();
    await store.append(stream, NO_STREAM, [renamed('x'.repeat(999_000))]);
    expect(await read(stream)).toHaveLength(1);
  });

  it('knows where the log ends', async () => {
    const { position } = await store.append(aStream(), NO_STREAM, [renamed()]);
    expect(await store.head()).toBeGreaterThanOrEqual(position);
  });

  it('brings a subscription what is there and what comes, of the streams named, in order', async () => {
    const [category, other] = [aStream('a'), aStream('b')];
    const given = Array.from({ length: 100 }, () => renamed());
    const after = await store.head();
    for (const [i, event] of given.slice(0, 50).entries()) {
      await store.append(`${category}-${i}`, NO_STREAM, [event]);
      await store.append(`${other}-${i}`, NO_STREAM, [renamed()]);
    }
    let live = false;
    const deliveries: Delivery[] = [];
    for await (const delivery of store.subscribe([category], after, new AbortController().signal)) {
      deliveries.push(delivery);
      if (delivery.caughtUp && !live) {
        live = true;
        expect(events(deliveries)).toHaveLength(50);
        for (const [i, event] of given.slice(50).entries())
          await store.append(`${category}-${i + 50}`, NO_STREAM, [event]);
      }
      if (events(deliveries).length === 100) break;
    }
    expect(ids(events(deliveries))).toEqual(ids(given));
  });

  it('begins a subscription after any position it gave', async () => {
    const category = aStream('c');
    const given = [renamed(), renamed(), renamed()];
    await store.append(category, NO_STREAM, given);
    const [first] = await read(category);
    const rest = await take(
      store.subscribe([category], first?.position, new AbortController().signal),
      (all) => events(all).length === 2,
    );
    expect(ids(events(rest))).toEqual(ids(given.slice(1)));
  });

  it('ends a subscription at a signal', async () => {
    const stop = new AbortController();
    const endless: ReturnType<EventStore['subscribe']> = store.subscribe([aStream('d')], undefined, stop.signal);
    const deliveries: Delivery[] = [];
    for await (const delivery of endless) {
      deliveries.push(delivery);
      if (delivery.caughtUp) stop.abort();
    }
    expect(events(deliveries)).toEqual([]);
  });

  it('is of no use once closed', async () => {
    await store.close();
    await expect(store.append(aStream(), NO_STREAM, [renamed()])).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(read(aStream())).rejects.toBeInstanceOf(EventStoreUnavailable);
  });
});
