import type { AppendExpectedRevision } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { CALLS, conflict, gone, streamThatIs } from './states.js';
import type { State } from './states.js';

type Outcome = number | 'refused' | 'gone';

const OUTCOMES: [State, AppendExpectedRevision, Outcome][] = [
  ['absent', 'any', 0],
  ['absent', 'no_stream', 0],
  ['absent', 'stream_exists', 'refused'],
  ['absent', 0n, 'refused'],
  ['described', 'any', 0],
  ['described', 'no_stream', 0],
  ['described', 'stream_exists', 0],
  ['described', 0n, 'refused'],
  ['filled', 'any', 2],
  ['filled', 'no_stream', 'refused'],
  ['filled', 'stream_exists', 2],
  ['filled', 0n, 'refused'],
  ['filled', 1n, 2],
  ['filled', 2n, 'refused'],
  ['deleted', 'any', 2],
  ['deleted', 'no_stream', 2],
  ['deleted', 'stream_exists', 'gone'],
  ['deleted', 0n, 'refused'],
  ['deleted', 1n, 2],
  ['deleted', 2n, 'refused'],
  ['closed', 'any', 'gone'],
  ['closed', 'no_stream', 'gone'],
  ['closed', 'stream_exists', 'gone'],
  ['closed', 0n, 'gone'],
];

export function expectedRevisions(context: Contract): void {
  describe.each(CALLS)('%s', (_, options) => {
    const append = (stream: string, expectedRevision: AppendExpectedRevision) =>
      context.client.appendToStream(stream, context.events(1), { ...options, expectedRevision });

    it.each(OUTCOMES)('to a stream that is %s, expecting %s: %s', async (state, expected, outcome) => {
      const stream = await streamThatIs(state, context);
      const appending = append(stream, expected);
      if (outcome === 'gone') {
        await expect(appending).rejects.toMatchObject(gone(stream));
      } else if (outcome === 'refused') {
        const actual = state === 'filled' || state === 'deleted' ? 1n : 'no_stream';
        await expect(appending).rejects.toMatchObject(conflict(stream, expected, actual));
      } else {
        const success = { success: true, nextExpectedRevision: BigInt(outcome) };
        await expect(appending).resolves.toMatchObject(success);
      }
    });

    it('takes revision 2^64 - 1 for -1: no stream', async () => {
      const [stream, minusOne] = [newStream(), 2n ** 64n - 1n];
      await expect(append(stream, minusOne)).resolves.toMatchObject({ nextExpectedRevision: 0n });
      await expect(append(stream, minusOne)).rejects.toMatchObject({ type: 'wrong-expected-version' });
    });

    it('refuses revisions that no stream can have', async () => {
      await expect(append(newStream(), 2n ** 63n)).rejects.toMatchObject({ type: 'unknown' });
    });

    it('writes to the metadata of a stream by the same rules', async () => {
      const stream = newStream();
      const describe = (expectedRevision: AppendExpectedRevision, color: string) =>
        context.client.setStreamMetadata(stream, { color }, { ...options, expectedRevision });
      await expect(describe(0n, 'red')).rejects.toMatchObject(conflict(`$$${stream}`, 0n, 'no_stream'));
      await expect(describe('no_stream', 'blue')).resolves.toMatchObject({ nextExpectedRevision: 0n });
      await expect(describe('no_stream', 'red')).rejects.toMatchObject(conflict(`$$${stream}`, 'no_stream', 0n));
      await expect(describe(0n, 'green')).resolves.toMatchObject({ nextExpectedRevision: 1n });
      expect((await context.client.getStreamMetadata(stream)).metadata).toEqual({ color: 'green' });
    });
  });
}
