import { BACKWARDS, END, FORWARDS, START } from '@eventstore/db-client';
import type { ReadStreamOptions } from '@eventstore/db-client';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { collect, events, idsOf, newStream, withStore } from './with-store.js';

const context = withStore();
const stream = newStream();
const ids: string[] = [];

/** More than a page of either kind, between events of other streams. */
beforeAll(async () => {
  const batch = events(600);
  ids.push(...idsOf(batch));
  await context.client.appendToStream(newStream(), events(3));
  await context.client.appendToStream(stream, batch);
  await context.client.appendToStream(newStream(), events(3));
});

describe('a stream', () => {
  const read = async (options: ReadStreamOptions) => idsOf(await collect(context.client.readStream(stream, options)));

  it('is read forwards from the start', async () => {
    expect(await read({ direction: FORWARDS, fromRevision: START })).toEqual(ids);
  });

  it('is read forwards from a revision, that one included', async () => {
    expect(await read({ fromRevision: 598n })).toEqual(ids.slice(598));
  });

  it('is read backwards from the end', async () => {
    expect(await read({ direction: BACKWARDS, fromRevision: END })).toEqual(ids.toReversed());
  });

  it('is read backwards from a revision, that one included', async () => {
    expect(await read({ direction: BACKWARDS, fromRevision: 1n })).toEqual([ids[1], ids[0]]);
    expect(await read({ direction: BACKWARDS, fromRevision: 10_000n, maxCount: 1 })).toEqual([ids[599]]);
    expect(await read({ direction: BACKWARDS, fromRevision: START })).toEqual([ids[0]]);
  });

  it('ends after as many events as were asked for', async () => {
    expect(await read({ maxCount: 300 })).toEqual(ids.slice(0, 300));
    expect(await read({ maxCount: 0 })).toEqual([]);
  });

  it('has nothing beyond its end', async () => {
    expect(await read({ fromRevision: 600n })).toEqual([]);
    expect(await read({ fromRevision: END })).toEqual([]);
  });

  it('that does not exist is not found', async () => {
    const name = newStream('none-ü');
    await expect(collect(context.client.readStream(name))).rejects.toMatchObject({
      type: 'stream-not-found',
      streamName: name,
    });
  });
});

describe('the whole log', () => {
  const read = (options?: Parameters<typeof context.client.readAll>[0]) => collect(context.client.readAll(options));

  it('is read forwards in the order of positions', async () => {
    const all = await read({ fromPosition: START });
    expect(all).toHaveLength(606);
    expect(idsOf(all.slice(3, 603))).toEqual(ids);
    expect(all.map(({ position }) => position?.commit)).toEqual(all.map((_, index) => BigInt(index + 1)));
  });

  it('is read backwards in the opposite order', async () => {
    const forwards = await read();
    expect(idsOf(await read({ direction: BACKWARDS, fromPosition: END }))).toEqual(idsOf(forwards).toReversed());
  });

  it('is read forwards from a position included, backwards from a position excluded', async () => {
    const all = await read();
    const fromPosition = all[300]?.position ?? { commit: 0n, prepare: 0n };
    expect(idsOf(await read({ fromPosition }))).toEqual(idsOf(all.slice(300)));
    expect(idsOf(await read({ direction: BACKWARDS, fromPosition }))).toEqual(idsOf(all.slice(0, 300)).toReversed());
  });

  it('has nothing after its end and before its start', async () => {
    expect(await read({ fromPosition: END })).toEqual([]);
    expect(await read({ direction: BACKWARDS, fromPosition: START })).toEqual([]);
  });
});
