import type { ReadStreamOptions } from '@eventstore/db-client';
import { beforeAll, expect, it } from '@jest/globals';
import { collect, idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { gone, notFound, streamThatIs } from './states.js';

export function reads(context: Contract): void {
  const stream = newStream();
  const ids: string[] = [];
  /** More than a page of anybody's. */
  beforeAll(async () => {
    const batch = context.events(600);
    ids.push(...idsOf(batch));
    await context.client.appendToStream(stream, batch);
  });
  const read = (options: ReadStreamOptions, name = stream) => collect(context.client.readStream(name, options));

  it.each<[string, ReadStreamOptions, () => (string | undefined)[]]>([
    ['forwards from the start', { fromRevision: 'start' }, () => ids],
    ['forwards from a revision, that one included', { fromRevision: 598n }, () => ids.slice(598)],
    ['forwards from beyond the end: nothing', { fromRevision: 600n }, () => []],
    ['backwards from the end', { direction: 'backwards', fromRevision: 'end' }, () => ids.toReversed()],
    [
      'backwards from a revision, that one included',
      { direction: 'backwards', fromRevision: 1n },
      () => [ids[1], ids[0]],
    ],
    [
      'backwards from beyond the end, which is the end',
      { direction: 'backwards', fromRevision: 10_000n, maxCount: 2 },
      () => [ids[599], ids[598]],
    ],
    ['no more events than were asked for', { maxCount: 300 }, () => ids.slice(0, 300)],
    ['events across pages, from the middle', { fromRevision: 100n, maxCount: 400 }, () => ids.slice(100, 500)],
  ])('reads %s', async (_, options, expected) => {
    expect(idsOf(await read(options))).toEqual(expected());
  });

  context.ours('reads nothing if no event is asked for (23.10 fails)', async () => {
    expect(idsOf(await read({ maxCount: 0 }))).toEqual([]);
  });

  if (!context.library.turnsAtTheEdges) {
    it('reads backwards from the start the first event alone', async () => {
      expect(idsOf(await read({ direction: 'backwards', fromRevision: 'start' }))).toEqual(ids.slice(0, 1));
    });

    context.ours('reads nothing forwards from the end (23.10 fails)', async () => {
      expect(idsOf(await read({ fromRevision: 'end' }))).toEqual([]);
    });
  }

  it('takes revision 2^64 - 1 for the end', async () => {
    const last = await read({ direction: 'backwards', fromRevision: 2n ** 64n - 1n, maxCount: 1 });
    expect(idsOf(last)).toEqual(ids.slice(599));
  });

  it('refuses revisions that no stream can have', async () => {
    await expect(read({ fromRevision: 2n ** 63n })).rejects.toMatchObject({ type: 'unknown' });
  });

  it.each(['absent', 'described', 'deleted'] as const)('finds no stream that is %s', async (state) => {
    const name = await streamThatIs(state, context);
    for (const direction of ['forwards', 'backwards'] as const) {
      const fromRevision = direction === 'forwards' ? 'start' : 'end';
      await expect(read({ direction, fromRevision }, name)).rejects.toMatchObject(notFound(name));
    }
  });

  it('names the stream that was not found, whatever its letters', async () => {
    const name = newStream('straße-日本');
    await expect(read({}, name)).rejects.toMatchObject(notFound(name));
  });

  it('says of a closed stream, and of its metadata, that it is gone', async () => {
    const name = await streamThatIs('closed', context);
    for (const closed of [name, `$$${name}`]) await expect(read({}, closed)).rejects.toMatchObject(gone(closed));
  });

  it('sees all of an append or nothing of it', async () => {
    const name = newStream();
    const appended = new AbortController();
    const appending = context.client.appendToStream(name, context.events(500)).then(() => {
      appended.abort();
    });
    const lengths = new Set<number>();
    do lengths.add((await read({}, name).catch(() => [])).length);
    while (!appended.signal.aborted);
    await appending;
    expect([...lengths].filter((length) => length > 0)).toEqual([500]);
  });
}
