import { expect, it } from '@jest/globals';
import { collect, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { notFound } from './states.js';

export function metadata(context: Contract): void {
  const { library } = context;
  const described = async (stream: string) => (await context.client.getStreamMetadata(stream)).metadata;

  it('gives back all that was said, of keys it knows and others', async () => {
    const stream = newStream('straße');
    const everything = {
      ...{ maxAge: 3_600, truncateBefore: 2, cacheControl: 60, maxCount: 20 },
      acl: {
        readRoles: ['a', 'b'],
        writeRoles: ['c'],
        deleteRoles: ['d'],
        metaReadRoles: ['e'],
        metaWriteRoles: ['f'],
      },
      ...{ color: 'blue', nested: [1, { two: null }] },
    };
    await context.client.setStreamMetadata(stream, everything);
    expect(await described(stream)).toEqual(everything);
  });

  it('is none where none was given, and makes no stream', async () => {
    const stream = newStream();
    expect(await described(stream)).toBeUndefined();
    await expect(collect(context.client.readStream(`$$${stream}`))).rejects.toMatchObject(notFound(`$$${stream}`));
    await context.client.setStreamMetadata(stream, {});
    expect(await described(stream)).toEqual({});
    await expect(collect(context.client.readStream(stream))).rejects.toMatchObject(notFound(stream));
  });

  it('is what was said last, and no more; that is all its stream shows', async () => {
    const stream = newStream();
    await context.client.setStreamMetadata(stream, { maxCount: 1, color: 'blue' });
    const { nextExpectedRevision } = await context.client.setStreamMetadata(stream, { size: 7 });
    expect(nextExpectedRevision).toBe(1n);
    expect(await described(stream)).toEqual({ size: 7 });
    for (const options of [{}, { direction: 'backwards', fromRevision: 'end' }] as const) {
      const found = await collect(context.client.readStream(`$$${stream}`, options));
      expect(found.map(({ revision, type, data }) => [revision, type, data])).toEqual([[1n, '$metadata', { size: 7 }]]);
    }
  });

  it('can be written like any event', async () => {
    const stream = newStream();
    const own = library.jsonEvent({ type: '$metadata', data: { own: [1, { two: null }] } });
    await context.client.appendToStream(`$$${stream}`, own);
    expect(await described(stream)).toEqual({ own: [1, { two: null }] });
  });
}

/** Metadata hides events of a stream. */
export function truncation(context: Contract): void {
  const { library, event, events, bytes } = context;
  const revisions = async (stream: string, options: object = {}) =>
    (await collect(context.client.readStream(stream, options))).map(({ revision }) => Number(revision));
  async function filled(): Promise<string> {
    const stream = newStream();
    await context.client.appendToStream(stream, events(5));
    return stream;
  }

  it.each<[Record<string, number>, number[]]>([
    [{ maxCount: 2 }, [3, 4]],
    [{ truncateBefore: 3 }, [3, 4]],
    [{ maxCount: 4, truncateBefore: 2 }, [2, 3, 4]],
    [{ maxCount: 9, maxAge: 3_600 }, [0, 1, 2, 3, 4]],
    [{ truncateBefore: 7 }, []],
    // The next JavaScript number, 2 ** 63, stands for a deleted stream, whose number is one less.
    [{ truncateBefore: 2 ** 63 - 1_024 }, []],
    [{ maxCount: 2 ** 63 - 1_024, truncateBefore: 4 }, [4]],
    [{ $maxCount: 0, truncateBefore: 3 }, [3, 4]],
    [{ $tmp: true, maxCount: 2 } as never, [3, 4]],
  ])('by %j shows %j', async (given, visible) => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, given);
    expect(await revisions(stream)).toEqual(visible);
    expect(await revisions(stream, { direction: 'backwards', fromRevision: 'end' })).toEqual(visible.toReversed());
    expect(await revisions(stream, { fromRevision: 1n })).toEqual(visible.filter((revision) => revision >= 1));
    expect(await revisions(stream, { direction: 'backwards', fromRevision: 3n })).toEqual(
      visible.filter((revision) => revision <= 3).toReversed(),
    );
    expect(await revisions(stream, { maxCount: 1 })).toEqual(visible.slice(0, 1));
  });

  it('by age shows nothing once all is too old', async () => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, { maxAge: 1 });
    while ((await revisions(stream)).length > 0);
    const next = event();
    await context.client.appendToStream(stream, next, { expectedRevision: 4n });
    expect(await revisions(stream)).toEqual([5]);
  });

  it.each([
    '{"$maxCount":0,"$tb":-1,"$maxAge":0}',
    '{"$maxCount":1,"$tb":"3"}',
    '{"$maxCount":1,"$maxAge":"3"}',
    '{"$maxCount":1,"$cacheControl":"3"}',
    '{"$maxCount":1,"$acl":[]}',
    '{"$maxCount":1,"$acl":"x"}',
    '{"$maxCount":1,"$acl":{"$r":7}}',
    '{"$maxCount":1,"$acl":{"$w":["some",null]}}',
    '{"$maxCount":1,"$tmp":"true"}',
    '{"$maxCount":1.5}',
    '{"$maxCount":1,"$tb":9223372036854775808}',
    '{"$maxCount":1,"$maxAge":1e30}',
  ])('hides nothing if it makes no sense: %s', async (json) => {
    const stream = await filled();
    const made = library.jsonEvent({ type: '$metadata', data: JSON.parse(json) as Record<string, unknown> });
    await context.client.appendToStream(`$$${stream}`, made);
    expect(await revisions(stream)).toHaveLength(5);
  });

  it('hides nothing if it is not JSON, and no longer what was hidden before', async () => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, { maxCount: 1 });
    await context.client.appendToStream(`$$${stream}`, bytes('$metadata', '{"$maxCount":2}'));
    expect(await revisions(stream)).toHaveLength(5);
  });

  it('shows again what is no longer hidden', async () => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, { truncateBefore: 4 });
    expect(await revisions(stream)).toEqual([4]);
    await context.client.setStreamMetadata(stream, { truncateBefore: 1 });
    expect(await revisions(stream)).toEqual([1, 2, 3, 4]);
  });

  it('does not change what writers expect', async () => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, { truncateBefore: 5 });
    expect(await revisions(stream)).toEqual([]);
    const stale = context.client.appendToStream(stream, event(), { expectedRevision: 'no_stream' });
    await expect(stale).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 4n });
    const { nextExpectedRevision } = await context.client.appendToStream(stream, event(), { expectedRevision: 4n });
    expect(nextExpectedRevision).toBe(5n);
    expect(await revisions(stream)).toEqual([5]);
  });
}
