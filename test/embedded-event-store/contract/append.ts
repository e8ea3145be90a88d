import { describe, expect, it } from '@jest/globals';
import { collect, idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { CALLS, notFound } from './states.js';

const MOST = 1_048_576;

export function append(context: Contract): void {
  describe.each(CALLS)('%s', (_, options) => {
    const { library, events, bytes, event, ours } = context;
    const write = (stream: string, batch: object, expectedRevision: 'any' | 'no_stream' = 'no_stream') =>
      context.client.appendToStream(stream, batch as never, { ...options, expectedRevision });
    const read = (stream: string) => collect(context.client.readStream(stream));

    it('stores what it was given, under revisions from 0 and rising positions', async () => {
      const stream = newStream('straße-日本');
      const json = library.jsonEvent({ type: 'Json', data: { text: 'ü' }, metadata: { by: 'me' } });
      const binary = library.binaryEvent({
        ...{ type: 'Binary', data: Buffer.from([0, 255, 7]), metadata: Buffer.from([1]) },
      });
      const result = await write(stream, [json, binary]);
      const [first, second] = await read(stream);
      expect(first).toMatchObject({
        ...{ id: json.id, type: 'Json', data: { text: 'ü' }, metadata: { by: 'me' } },
        ...{ streamId: stream, revision: 0n, isJson: true },
      });
      expect(second).toMatchObject({ id: binary.id, type: 'Binary', revision: 1n, isJson: false });
      const hex = [second?.data, second?.metadata].map((given) => Buffer.from(given as Uint8Array).toString('hex'));
      expect(hex).toEqual(['00ff07', '01']);
      expect(second?.position?.commit).toBeGreaterThan(first?.position?.commit ?? 0n);
      expect(first?.position?.commit).toBeGreaterThan(0n);
      expect(result).toMatchObject({ success: true, nextExpectedRevision: 1n, position: second?.position });
    });

    it('tells the time of writing, and no metadata where none was given', async () => {
      const [stream, before] = [newStream(), Date.now()];
      await write(stream, [event()]);
      const [found] = await read(stream);
      // The clock of another machine may differ a little.
      expect(Math.abs((found?.created.getTime() ?? 0) - before)).toBeLessThan(60_000);
      expect(found?.metadata).toBeUndefined();
    });

    it('writes all events of an append next to each other', async () => {
      const streams = Array.from({ length: 8 }, () => newStream());
      await Promise.all(streams.map((stream) => write(stream, events(20))));
      for (const stream of streams) {
        const [first] = await read(stream);
        const reading = context.client.readAll({ fromPosition: first?.position ?? 'start', maxCount: 20 });
        expect((await collect(reading)).map(({ streamId }) => streamId)).toEqual(Array(20).fill(stream));
      }
    });

    it('writes events with the same id, in one append and in two streams', async () => {
      const [twin, stream, other] = [event(), newStream(), newStream()];
      await write(stream, [twin, twin]);
      await write(other, [twin]);
      expect(idsOf(await read(stream))).toEqual([twin.id, twin.id]);
      expect(idsOf(await read(other))).toEqual([twin.id]);
    });

    it('takes a mebibyte of data, and no byte more', async () => {
      const [fits, tooLarge] = [newStream(), newStream()];
      // Together with the type, which newer servers count as well.
      await expect(write(fits, [bytes('Big', Buffer.alloc(MOST - 6))])).resolves.toMatchObject({ success: true });
      for (const size of [MOST + 1, 5_000_000, 16_000_000])
        await expect(write(tooLarge, [bytes('Big', Buffer.alloc(size))])).rejects.toMatchObject({
          ...{ type: 'maximum-append-size-exceeded', maxAppendSize: MOST },
        });
      await expect(read(tooLarge)).rejects.toMatchObject(notFound(tooLarge));
    });

    ours('counts data, metadata and twice the type of all events (23.10 counts data alone)', async () => {
      const sized = (data: number, metadata: number) =>
        library.binaryEvent({ type: 'Big', data: Buffer.alloc(data), metadata: Buffer.alloc(metadata) });
      const half = MOST / 2 - 106;
      const [fits, tooLarge] = [newStream(), newStream()];
      await write(fits, [sized(half, 100), sized(half, 100)]);
      expect(await read(fits)).toHaveLength(2);
      await expect(write(tooLarge, [sized(half, 100), sized(half, 101)])).rejects.toMatchObject({
        ...{ type: 'maximum-append-size-exceeded', maxAppendSize: MOST },
      });
    });

    describe('of nothing', () => {
      it('to a stream that is there is answered with its last revision', async () => {
        const stream = newStream();
        await write(stream, events(2));
        const exactly = (expectedRevision: bigint) =>
          context.client.appendToStream(stream, [], { ...options, expectedRevision });
        await expect(exactly(1n)).resolves.toMatchObject({ success: true, nextExpectedRevision: 1n });
        await expect(exactly(0n)).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
        await expect(write(stream, [], 'no_stream')).rejects.toMatchObject({ type: 'wrong-expected-version' });
        expect(await read(stream)).toHaveLength(2);
      });

      it('to a stream that never was makes none; clients show revision 0', async () => {
        await write(newStream(), [event()]);
        const stream = newStream();
        for (const expected of ['no_stream', 'any'] as const) {
          const { nextExpectedRevision, position } = await write(stream, [], expected);
          expect(nextExpectedRevision).toBe(0n);
          expect(position?.commit).toBeGreaterThan(0n);
        }
        await expect(read(stream)).rejects.toMatchObject(notFound(stream));
      });

      it('to a deleted stream brings it back, empty', async () => {
        const stream = newStream();
        await write(stream, events(2));
        await context.client.deleteStream(stream);
        await expect(write(stream, [], 'any')).resolves.toMatchObject({ nextExpectedRevision: 1n });
        expect(await read(stream)).toEqual([]);
        expect((await context.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 2 });
      });
    });

    it.each(['', '$$'])('refuses a stream called "%s"', async (stream) => {
      await expect(write(stream, events(1), 'any')).rejects.toMatchObject({ type: 'unknown' });
    });

    ours('refuses a stream called "$all" (without authorization, 23.10 makes one)', async () => {
      await expect(write('$all', events(1), 'any')).rejects.toMatchObject({ type: 'unknown' });
    });

    ours('refuses the event that closes a stream (23.10 takes it for any other)', async () => {
      await expect(write(newStream(), [event('$streamDeleted')], 'any')).rejects.toMatchObject({ type: 'unknown' });
    });

    it('decides each of many appends at once on its own', async () => {
      const stream = newStream();
      const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => write(stream, events(1))));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await read(stream)).toHaveLength(1);
    });

    it('can tell a conflict as a result, without throwing', async () => {
      const [stream, lenient] = [newStream(), context.connect('throwOnAppendFailure=false')];
      const [none, some] = [newStream(), stream];
      await write(some, events(3));
      const append = (to: string) => lenient.appendToStream(to, events(1), { ...options, expectedRevision: 7n });
      expect(await append(none)).toMatchObject({ success: false, nextExpectedRevision: -1n });
      // Over BatchAppend both clients take the revision for a boolean.
      const shown = 'credentials' in options ? 2n : 1n;
      expect(await append(some)).toMatchObject({ success: false, nextExpectedRevision: shown });
      await lenient.dispose();
    });
  });
}

/** What the call for many appends alone can do. */
export function batches(context: Contract): void {
  it('puts an append together from many parts, the first without an event', async () => {
    const [stream, other] = [newStream(), newStream()];
    const [batch, between] = [context.events(200), context.events(200)];
    const options = { batchAppendSize: 1 };
    await Promise.all([
      context.client.appendToStream(stream, batch, options),
      context.client.appendToStream(other, between, options),
    ]);
    expect(idsOf(await collect(context.client.readStream(stream)))).toEqual(idsOf(batch));
    expect(idsOf(await collect(context.client.readStream(other)))).toEqual(idsOf(between));
  });

  it('weighs all parts of an append together', async () => {
    const stream = newStream();
    const batch = Array.from({ length: 20 }, () => context.bytes('Big', Buffer.alloc(60_000)));
    const appending = context.client.appendToStream(stream, batch, { batchAppendSize: 100_000 });
    await expect(appending).rejects.toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: MOST });
    await expect(collect(context.client.readStream(stream))).rejects.toMatchObject(notFound(stream));
  });

  it('times out an append whose deadline has passed when it comes', async () => {
    const stream = newStream();
    const appending = context.client.appendToStream(stream, context.events(1), { deadline: -60_000 });
    await expect(appending).rejects.toMatchObject({ type: 'deadline-exceeded' });
    await expect(collect(context.client.readStream(stream))).rejects.toMatchObject(notFound(stream));
  });
}
