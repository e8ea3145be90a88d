import { beforeAll, expect, it } from '@jest/globals';
import type { ReadAllOptions } from './library.js';
import { collect, idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';

export function allReads(context: Contract): void {
  const streams = [newStream(), newStream(), newStream()];
  const written: string[] = [];
  let [first, last] = [0n, 0n];
  beforeAll(async () => {
    for (let turn = 0; turn < 100; turn++) {
      const batch = context.events(3);
      const { position } = await context.client.appendToStream(streams[turn % 3] ?? '', batch);
      written.push(...idsOf(batch));
      last = position?.commit ?? 0n;
    }
    const [begin] = await collect(context.client.readStream(streams[0] ?? '', { maxCount: 1 }));
    first = begin?.position?.commit ?? 0n;
  });
  const at = (commit: bigint) => ({ commit, prepare: commit });
  const read = (options: ReadAllOptions = {}) => collect(context.client.readAll(options));
  const mine = async (options: ReadAllOptions) =>
    (await read(options)).filter(({ streamId }) => streams.includes(streamId));

  it('shows every event once, in the order of positions, each with the place it was given', async () => {
    const found = await mine({ fromPosition: at(first) });
    expect(idsOf(found)).toEqual(written);
    const commits = found.map(({ position }) => position?.commit ?? 0n);
    expect(commits).toEqual(commits.toSorted((a, b) => Number(a - b)));
    expect(new Set(commits).size).toBe(300);
    expect(found.every(({ position }) => position?.commit === position?.prepare)).toBe(true);
    expect(commits.at(-1)).toBe(last);
  });

  it('reads backwards from the end what it reads forwards, reversed', async () => {
    const forwards = idsOf(await read({ fromPosition: at(first) }));
    const backwards = await read({ direction: 'backwards', fromPosition: 'end', maxCount: forwards.length });
    expect(idsOf(backwards).toReversed()).toEqual(forwards);
  });

  it('reads forwards from the start the event before which there is none', async () => {
    const [begin] = await read({ fromPosition: 'start', maxCount: 1 });
    const { commit } = begin?.position ?? at(0n);
    expect(commit).toBeGreaterThan(0n);
    expect(await read({ direction: 'backwards', fromPosition: at(commit), maxCount: 1 })).toEqual([]);
  });

  it('reads forwards from a position included, backwards from a position excluded', async () => {
    const middle = (await mine({ fromPosition: at(first) }))[150]?.position ?? at(0n);
    expect(idsOf(await mine({ fromPosition: middle }))).toEqual(written.slice(150));
    const before = await mine({ direction: 'backwards', fromPosition: middle, maxCount: 150 });
    expect(idsOf(before)).toEqual(written.slice(0, 150).toReversed());
  });

  it('reads no more events than were asked for', async () => {
    expect(idsOf(await read({ fromPosition: at(first), maxCount: 100 }))).toEqual(written.slice(0, 100));
  });

  if (!context.library.turnsAtTheEdges) {
    it('has nothing after its end and before its start', async () => {
      expect(idsOf(await read({ fromPosition: 'end' }))).toEqual([]);
      expect(idsOf(await read({ direction: 'backwards', fromPosition: 'start' }))).toEqual([]);
    });
  }

  it('takes position 2^64 - 1 for its end', async () => {
    const end = at(2n ** 64n - 1n);
    const [newest] = await read({ direction: 'backwards', fromPosition: 'end', maxCount: 1 });
    expect(await read({ direction: 'backwards', fromPosition: end, maxCount: 1 })).toEqual([newest]);
    expect(await read({ fromPosition: end })).toEqual([]);
  });

  it('shows $settings, which is written and read like any other stream', async () => {
    const settings = context.event('update-default-acl', { $userStreamAcl: { $r: ['$admins', 'ops'] } });
    const { position, nextExpectedRevision } = await context.client.appendToStream('$settings', settings);
    const [shown] = await read({ fromPosition: position ?? 'start', maxCount: 1 });
    expect(shown).toMatchObject({ id: settings.id, streamId: '$settings', data: settings.data });
    const options = { direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
    const [stored] = await collect(context.client.readStream('$settings', options));
    expect(stored).toEqual(shown);
    expect(stored?.revision).toBe(nextExpectedRevision);
  });

  context.ours('takes positions between and beyond events for the next one (23.10 may fail)', async () => {
    const between = { commit: first + 1n, prepare: first };
    expect(idsOf(await mine({ fromPosition: between }))).toEqual(written.slice(1));
    expect(idsOf(await mine({ direction: 'backwards', fromPosition: between }))).toEqual(written.slice(0, 1));
    expect(await read({ fromPosition: at(2n ** 63n - 1n) })).toEqual([]);
    const fromBeyond = await read({ direction: 'backwards', fromPosition: at(2n ** 63n - 1n), maxCount: 1 });
    expect(fromBeyond[0]?.position?.commit).toBeGreaterThanOrEqual(last);
  });

  context.ours('has no event of no count (23.10 goes on searching)', async () => {
    expect(await read({ maxCount: 0 })).toEqual([]);
  });

  it('keeps what streams hide: truncated, deleted and closed, with a last event that says so', async () => {
    const [truncated, deleted, closed] = [newStream(), newStream(), newStream()];
    for (const stream of [truncated, deleted, closed]) await context.client.appendToStream(stream, context.events(2));
    await context.client.setStreamMetadata(truncated, { maxCount: 1 });
    await context.client.deleteStream(deleted);
    const { position } = await context.client.tombstoneStream(closed);
    const after = await read({ fromPosition: at(last) });
    const of = (stream: string) => after.filter(({ streamId }) => streamId === stream);
    expect([of(truncated), of(deleted)].map(({ length }) => length)).toEqual([2, 2]);
    expect([`$$${truncated}`, `$$${deleted}`].flatMap(of).map(({ type }) => type)).toEqual(['$metadata', '$metadata']);
    expect(of(closed).map(({ type, revision }) => [type, revision])).toEqual([
      ['Happened', 0n],
      ['Happened', 1n],
      ['$streamDeleted', 2n ** 63n - 1n],
    ]);
    const tombstone = of(closed)[2];
    expect(tombstone).toMatchObject({ isJson: false, position });
    expect(tombstone?.data).toHaveLength(0);
  });
}
