import { expect, it } from '@jest/globals';
import type { AppendExpectedRevision } from '@eventstore/db-client';
import { collect, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { CODES } from './delete.js';
import { CALLS, conflict, gone, streamThatIs } from './states.js';
import type { State } from './states.js';

const OUTCOMES: [State, AppendExpectedRevision, 'done' | 'gone' | bigint][] = [
  ['absent', 'any', 'done'],
  ['absent', 'no_stream', 'done'],
  ['absent', 'stream_exists', -1n],
  ['absent', 0n, -1n],
  ['described', 'any', 'done'],
  ['described', 'no_stream', 'done'],
  ['described', 'stream_exists', 'done'],
  ['described', 0n, -1n],
  ['filled', 'any', 'done'],
  ['filled', 'no_stream', 1n],
  ['filled', 'stream_exists', 'done'],
  ['filled', 1n, 'done'],
  ['filled', 0n, 1n],
  ['filled', 2n, 1n],
  ['deleted', 'any', 'done'],
  ['deleted', 'no_stream', 'done'],
  ['deleted', 'stream_exists', 'gone'],
  ['deleted', 1n, 'done'],
  ['deleted', 0n, 1n],
  ['closed', 'any', 'gone'],
  ['closed', 'no_stream', 'gone'],
  ['closed', 'stream_exists', 'gone'],
  ['closed', 1n, 'gone'],
];

export function tombstones(context: Contract): void {
  const read = (stream: string) => collect(context.client.readStream(stream));

  const sayable = OUTCOMES.filter(
    ([, expected]) => context.library.closesOnlyWhatExists || expected !== 'stream_exists',
  );
  it.each(sayable)('of a stream that is %s, expecting %s: %s', async (state, expectedRevision, outcome) => {
    const stream = await streamThatIs(state, context);
    const closing = context.client.tombstoneStream(stream, { expectedRevision: expectedRevision as never });
    if (outcome === 'done') {
      const { position } = await closing;
      const [last] = await collect(context.client.readAll({ fromPosition: position ?? 'end', maxCount: 1 }));
      expect(last).toMatchObject({ type: '$streamDeleted', streamId: stream, revision: 2n ** 63n - 1n });
    } else if (outcome === 'gone') {
      await expect(closing).rejects.toMatchObject(gone(stream));
    } else {
      const expected = CODES[`${expectedRevision}`] ?? expectedRevision;
      await expect(closing).rejects.toMatchObject(conflict(stream, expected, outcome));
    }
  });

  it('ends all that can be done with the stream and its metadata', async () => {
    const stream = newStream();
    await context.client.setStreamMetadata(stream, { color: 'blue' });
    await context.client.tombstoneStream(stream);
    for (const doing of [
      () => read(stream),
      ...CALLS.map(
        ([, options]) =>
          () =>
            context.client.appendToStream(stream, context.events(1), options),
      ),
      () => context.client.appendToStream(stream, []),
      () => context.client.deleteStream(stream),
      () => context.client.tombstoneStream(stream),
    ]) {
      await expect(doing()).rejects.toMatchObject(gone(stream));
    }
    const metadata = gone(`$$${stream}`);
    await expect(context.client.getStreamMetadata(stream)).rejects.toMatchObject(metadata);
    await expect(context.client.setStreamMetadata(stream, { maxCount: 1 })).rejects.toMatchObject(metadata);
    await expect(context.client.deleteStream(`$$${stream}`)).rejects.toMatchObject(metadata);
  });

  it('tells a type of error for a stream whatever the letters of its name', async () => {
    const stream = newStream('straße-日本');
    await context.client.tombstoneStream(stream);
    await expect(context.client.appendToStream(stream, [])).rejects.toMatchObject(gone(stream));
    await expect(context.client.deleteStream(stream)).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(read(stream)).rejects.toMatchObject({ type: 'stream-deleted' });
  });

  it.each(['', '$$'])('refuses a stream called "%s"', async (stream) => {
    await expect(context.client.tombstoneStream(stream)).rejects.toMatchObject({ type: 'unknown' });
  });

  context.ours('of "$all" is refused (without authorization, 23.10 takes it for any other name)', async () => {
    await expect(context.client.tombstoneStream('$all')).rejects.toMatchObject({ type: 'unknown' });
  });
}
