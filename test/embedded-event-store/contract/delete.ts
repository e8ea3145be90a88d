import type { AppendExpectedRevision } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { collect, idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { CALLS, conflict, gone, notFound, streamThatIs } from './states.js';
import type { State } from './states.js';

/** Conflicts tell the numbers that stand for expectations, and -1 for no stream. */
export const CODES: Record<string, bigint> = { any: -2n, no_stream: -1n, stream_exists: -4n };

type Outcome = 'done' | 'gone' | bigint;

/** 6.2.1 cannot say stream_exists here; the raw calls do. */
const OUTCOMES: [State, 'any' | 'no_stream' | bigint, Outcome][] = [
  ['absent', 'any', -1n],
  ['absent', 'no_stream', -1n],
  ['absent', 0n, -1n],
  ['described', 'any', 'done'],
  ['described', 'no_stream', 'done'],
  ['described', 0n, -1n],
  ['filled', 'any', 'done'],
  ['filled', 'no_stream', 1n],
  ['filled', 1n, 'done'],
  ['filled', 0n, 1n],
  ['filled', 2n, 1n],
  ['deleted', 'any', 'done'],
  ['deleted', 'no_stream', 'done'],
  ['deleted', 1n, 'done'],
  ['deleted', 0n, 1n],
  ['closed', 'any', 'gone'],
  ['closed', 'no_stream', 'gone'],
  ['closed', 1n, 'gone'],
];

export function deletes(context: Contract): void {
  const { event, events } = context;
  const read = (stream: string) => collect(context.client.readStream(stream));

  it.each(OUTCOMES)('of a stream that is %s, expecting %s: %s', async (state, expectedRevision, outcome) => {
    const stream = await streamThatIs(state, context);
    const deleting = context.client.deleteStream(stream, { expectedRevision });
    if (outcome === 'done') {
      const [{ position }, [metadata]] = [await deleting, await read(`$$${stream}`)];
      expect(metadata).toMatchObject({ type: '$metadata', isJson: true, position });
    } else if (outcome === 'gone') {
      await expect(deleting).rejects.toMatchObject(gone(stream));
    } else {
      const expected = CODES[`${expectedRevision}`] ?? expectedRevision;
      await expect(deleting).rejects.toMatchObject(conflict(stream, expected, outcome));
    }
  });

  it('hides the stream and leaves of its metadata only that', async () => {
    const stream = await streamThatIs('filled', context);
    await context.client.setStreamMetadata(stream, { color: 'blue', maxCount: 9, acl: { readRoles: ['some'] } });
    await context.client.deleteStream(stream);
    await expect(read(stream)).rejects.toMatchObject(notFound(stream));
    const [metadata] = await read(`$$${stream}`);
    expect(metadata?.revision).toBe(1n);
    // The largest revision there can be; as a JavaScript number it is a little more.
    expect(metadata?.data).toEqual({ $tb: 2 ** 63 });
  });

  describe.each(CALLS)('and %s', (_, options) => {
    it.each<[AppendExpectedRevision]>([['any'], ['no_stream'], [1n]])(
      'expecting %s bring the stream back without the events it had',
      async (expectedRevision) => {
        const [stream, batch] = [await streamThatIs('deleted', context), events(2)];
        const written = { ...options, expectedRevision };
        const { position } = await context.client.appendToStream(stream, batch, written);
        const found = await read(stream);
        expect([idsOf(found), found.map(({ revision }) => revision)]).toEqual([idsOf(batch), [2n, 3n]]);
        expect(position).toEqual(found[1]?.position);
        const [metadata] = await read(`$$${stream}`);
        expect(metadata).toMatchObject({ revision: 1n, data: { $tb: 2 } });
        expect(metadata?.position?.commit).toBeGreaterThan(position?.commit ?? 0n);
      },
    );
  });

  it('and new metadata bring the stream back, with that metadata', async () => {
    const stream = await streamThatIs('deleted', context);
    await context.client.setStreamMetadata(stream, { maxCount: 7, color: 'blue' });
    const { metadata } = await context.client.getStreamMetadata(stream);
    expect(metadata).toEqual({ maxCount: 7, color: 'blue', truncateBefore: 2 });
    expect(await read(stream)).toEqual([]);
    const next = event();
    await context.client.appendToStream(stream, next);
    expect(idsOf(await read(stream))).toEqual([next.id]);
  });

  it('can be done again after the stream came back, each time from its end on', async () => {
    const stream = await streamThatIs('deleted', context);
    await context.client.appendToStream(stream, event());
    await expect(context.client.deleteStream(stream, { expectedRevision: 2n })).resolves.toBeDefined();
    await expect(read(stream)).rejects.toMatchObject(notFound(stream));
    const next = event();
    await context.client.appendToStream(stream, next, { expectedRevision: 2n });
    expect((await read(stream)).map(({ id, revision }) => [id, revision])).toEqual([[next.id, 3n]]);
  });

  it('tells a conflict about a stream whatever the letters of its name', async () => {
    const stream = newStream('straße-日本');
    await context.client.appendToStream(stream, event());
    const deleting = context.client.deleteStream(stream, { expectedRevision: 7n });
    await expect(deleting).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 0n });
  });

  it.each(['', '$$'])('refuses a stream called "%s"', async (stream) => {
    await expect(context.client.deleteStream(stream)).rejects.toMatchObject({ type: 'unknown' });
  });

  context.ours('of a stream of links is refused (in 23.10 it is a stream like any other)', async () => {
    await expect(context.client.deleteStream('$ce-user')).rejects.toThrow('the store itself keeps');
  });

  context.ours('of "$all" is refused (without authorization, 23.10 takes it for any other name)', async () => {
    await expect(context.client.deleteStream('$all')).rejects.toMatchObject({ type: 'unknown' });
  });
}
