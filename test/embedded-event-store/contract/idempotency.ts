import type { AppendExpectedRevision, JSONEventData } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { collect, idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { CALLS, conflict, gone, notFound } from './states.js';

export function idempotency(context: Contract): void {
  describe.each(CALLS)('%s', (_, options) => {
    const { event } = context;
    const append = (stream: string, batch: JSONEventData[], expectedRevision: AppendExpectedRevision) =>
      context.client.appendToStream(stream, batch, { ...options, expectedRevision });
    const ids = async (stream: string) => idsOf(await collect(context.client.readStream(stream)));

    /** A stream of three events, the first two of which were appended together. */
    async function prepare() {
      const [stream, pair, third] = [newStream(), [event(), event()] as const, event()];
      const first = await append(stream, [...pair], 'no_stream');
      await append(stream, [third], 1n);
      return { stream, pair, third, first, all: idsOf([...pair, third]) };
    }

    it.each<[AppendExpectedRevision]>([['no_stream'], ['any'], ['stream_exists']])(
      'made again expecting %s is answered as it was the first time, and writes nothing',
      async (expected) => {
        const { stream, pair, first, all } = await prepare();
        expect(await append(stream, [...pair], expected)).toEqual(first);
        expect(await ids(stream)).toEqual(all);
      },
    );

    it('made again at a revision is answered by the events after it', async () => {
      const { stream, pair, third, all } = await prepare();
      const stored = await collect(context.client.readStream(stream));
      const last = { nextExpectedRevision: 2n, position: stored[2]?.position };
      expect(await append(stream, [third], 1n)).toMatchObject(last);
      expect(await append(stream, [pair[1], third], 0n)).toMatchObject(last);
      expect(await append(stream, pair.slice(0, 1), 'no_stream')).toMatchObject({
        ...{ nextExpectedRevision: 0n, position: stored[0]?.position },
      });
      expect(await ids(stream)).toEqual(all);
    });

    it.each<[string, (pair: readonly [JSONEventData, JSONEventData], third: JSONEventData) => JSONEventData[]]>([
      ['begins otherwise', (pair) => [event(), pair[1]]],
      ['goes on otherwise', (pair) => [pair[0], event()]],
      ['has another order', (pair) => [pair[1], pair[0]]],
      ['goes on beyond the end', (pair, third) => [...pair, third, event()]],
    ])('at a revision conflicts if it %s', async (_, batch) => {
      const { stream, pair, third, all } = await prepare();
      const again = append(stream, batch(pair, third), 'no_stream');
      await expect(again).rejects.toMatchObject(conflict(stream, 'no_stream', 2n));
      expect(await ids(stream)).toEqual(all);
    });

    it('expecting anything does not ask for the order of what is known', async () => {
      const { stream, pair, third, all } = await prepare();
      const stored = await collect(context.client.readStream(stream));
      const again = await append(stream, [third, ...pair], 'any');
      expect(again).toMatchObject({ nextExpectedRevision: 1n, position: stored[1]?.position });
      expect(await ids(stream)).toEqual(all);
    });

    it('expecting anything takes an id for the first event that has it, and does not ask whether events are next to each other', async () => {
      const [stream, first, second, third] = [newStream(), event(), event(), event()];
      const written = await append(stream, [first], 'no_stream');
      await append(stream, [second, first, third], 0n);
      const stored = await collect(context.client.readStream(stream));
      expect(await append(stream, [first], 'any')).toEqual(written);
      const apart = await append(stream, [first, third], 'any');
      expect(apart).toMatchObject({ nextExpectedRevision: 3n, position: stored[3]?.position });
      expect(await ids(stream)).toEqual(idsOf([first, second, first, third]));
    });

    it.each<[AppendExpectedRevision]>([['any'], ['stream_exists']])(
      'expecting %s conflicts if its beginning is known, but not all of it',
      async (expected) => {
        const { stream, pair, third, all } = await prepare();
        for (const batch of [
          [...pair, event()],
          [pair[0], event(), third],
        ]) {
          const again = append(stream, batch, expected);
          await expect(again).rejects.toMatchObject(conflict(stream, expected, 2n));
        }
        expect(await ids(stream)).toEqual(all);
      },
    );

    it('expecting anything writes all of it if its beginning is new, or of another stream', async () => {
      const { stream, pair, all } = await prepare();
      const fresh = event();
      await append(stream, [fresh, ...pair], 'any');
      expect(await ids(stream)).toEqual([...all, fresh.id, ...idsOf(pair)]);
      const [other, first] = [newStream(), event()];
      await append(other, [first], 'any');
      await append(other, [...pair], 'any');
      expect(await ids(other)).toEqual(idsOf([first, ...pair]));
    });

    it('at the last revision writes an id that is known once more', async () => {
      const { stream, third, all } = await prepare();
      await append(stream, [third], 2n);
      expect(await ids(stream)).toEqual([...all, third.id]);
    });

    it('to a deleted stream is answered as it was, and leaves it deleted', async () => {
      const { stream, pair, first } = await prepare();
      await context.client.deleteStream(stream);
      for (const expected of ['no_stream', 'any'] as const) {
        expect(await append(stream, [...pair], expected)).toMatchObject({
          ...{ nextExpectedRevision: first.nextExpectedRevision },
        });
      }
      await expect(ids(stream)).rejects.toMatchObject(notFound(stream));
    });

    it('to a deleted stream with a known beginning conflicts, with a new one it is written', async () => {
      const { stream, pair } = await prepare();
      await context.client.deleteStream(stream);
      const again = append(stream, [...pair, event()], 'no_stream');
      await expect(again).rejects.toMatchObject(conflict(stream, 'no_stream', 2n));
      const fresh = [event(), pair[1]];
      await expect(append(stream, fresh, 'no_stream')).resolves.toMatchObject({ nextExpectedRevision: 4n });
      expect(await ids(stream)).toEqual(idsOf(fresh));
    });

    it('to a closed stream is refused like any other', async () => {
      const { stream, pair } = await prepare();
      await context.client.tombstoneStream(stream);
      for (const expected of ['no_stream', 'any'] as const) {
        await expect(append(stream, [...pair], expected)).rejects.toMatchObject(gone(stream));
      }
    });
  });
}
