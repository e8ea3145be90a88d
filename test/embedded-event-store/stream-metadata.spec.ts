import { BACKWARDS, binaryEvent, END, jsonEvent, NO_STREAM, START, STREAM_EXISTS } from '@eventstore/db-client';
import type { AppendExpectedRevision } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { newDirectory } from '../support/embedded-event-store.js';
import { openDatabase } from '../../src/embedded-event-store/database.js';
import { Log } from '../../src/embedded-event-store/log.js';
import { VisibleLog } from '../../src/embedded-event-store/visible-log.js';
import { collect, event, events, idsOf, newStream, withStore } from './with-store.js';

const context = withStore();
const revisions = async (stream: string, options: object = {}) =>
  (await collect(context.client.readStream(stream, options))).map(({ revision }) => Number(revision));
const rawMetadata = (stream: string, json: string) =>
  context.client.appendToStream(`$$${stream}`, binaryEvent({ type: '$metadata', data: Buffer.from(json) }));

async function filled(count = 5): Promise<string> {
  const stream = newStream();
  await context.client.appendToStream(stream, events(count));
  return stream;
}

describe('metadata hides events', () => {
  it.each<[Record<string, number>, number[]]>([
    [{ maxCount: 2 }, [3, 4]],
    [{ truncateBefore: 3 }, [3, 4]],
    [{ maxCount: 4, truncateBefore: 2 }, [2, 3, 4]],
    [{ maxCount: 9, maxAge: 3_600 }, [0, 1, 2, 3, 4]],
    [{ truncateBefore: 7 }, []],
  ])('by %j', async (metadata, visible) => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, metadata);
    expect(await revisions(stream)).toEqual(visible);
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: END })).toEqual(visible.toReversed());
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: START })).toEqual(visible[0] === 0 ? [0] : []);
  });

  it('of an age', () => {
    const log = new Log(openDatabase(newDirectory()));
    const nothing = Buffer.alloc(0);
    const insert = (stream: string, revision: number, created: number, data = '{}') =>
      log.insert(
        { id: `${revision}`, type: 'T', isJson: true, metadata: nothing, data: Buffer.from(data) },
        stream,
        revision,
        created,
      );
    log.transaction(() => {
      for (let revision = 0; revision < 9; revision++) insert('s', revision, revision * 1_000);
      insert('$$s', 0, 0, '{"$maxAge":3}');
    });
    const at = (now: number) =>
      new VisibleLog(log, () => now).streamForwards('s', 0, 99).map(({ revision }) => revision);
    expect(at(8_000)).toEqual([5, 6, 7, 8]);
    expect(at(8_001)).toEqual([6, 7, 8]);
    expect(at(1_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(at(99_000)).toEqual([]);
    log.close();
  });

  it('from subscriptions and links, but not from the whole log', async () => {
    const stream = await filled();
    const links = newStream();
    await context.client.appendToStream(
      links,
      ['0', '4'].map((at) => binaryEvent({ type: '$>', data: Buffer.from(`${at}@${stream}`) })),
    );
    await context.client.setStreamMetadata(stream, { maxCount: 1 });
    const heard = [];
    for await (const { event: found, link } of context.client.subscribeToStream(links, { resolveLinkTos: true })) {
      heard.push([found?.revision, link?.revision]);
      if (heard.length === 2) break;
    }
    expect(heard).toEqual([
      [undefined, 0n],
      [4n, 1n],
    ]);
    const found = [];
    for await (const { event: next } of context.client.subscribeToStream(stream, { fromRevision: START })) {
      found.push(next?.revision);
      break;
    }
    expect(found).toEqual([4n]);
    const all = await collect(context.client.readAll());
    expect(all.filter(({ streamId }) => streamId === stream)).toHaveLength(5);
  });

  it('unless it makes no sense, and then not at all', async () => {
    const stream = await filled();
    for (const json of [
      '{"$maxCount":0,"$tb":-1}',
      '{"$maxCount":1,"$tb":"3"}',
      '{"$maxCount":1,"$acl":[]}',
      '{"$maxCount":1',
      '{"$maxCount":1}',
    ]) {
      await rawMetadata(stream, json);
      expect(await revisions(stream)).toHaveLength(5);
    }
  });

  it('only as its last event says, which is all a metadata stream shows', async () => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, { maxCount: 1 });
    await context.client.setStreamMetadata(stream, { truncateBefore: 2, color: 'blue' });
    expect(await revisions(stream)).toEqual([2, 3, 4]);
    expect(await revisions(`$$${stream}`)).toEqual([1]);
    expect((await context.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 2, color: 'blue' });
  });

  it('but does not change what writers expect', async () => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, { truncateBefore: 5 });
    await expect(context.client.appendToStream(stream, event(), { expectedRevision: 4n })).resolves.toMatchObject({
      nextExpectedRevision: 5n,
    });
    expect(await revisions(stream)).toEqual([5]);
  });
});

describe('a deleted stream', () => {
  const deleted = async () => {
    const stream = await filled();
    await context.client.setStreamMetadata(stream, { color: 'blue' });
    await context.client.deleteStream(stream);
    return stream;
  };

  it('is not found, while the whole log keeps its events', async () => {
    const stream = await deleted();
    await expect(collect(context.client.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
    expect((await collect(context.client.readAll())).filter(({ streamId }) => streamId === stream)).toHaveLength(5);
    const [metadata] = await collect(context.client.readStream(`$$${stream}`));
    expect(metadata?.revision).toBe(1n);
  });

  it.each<[AppendExpectedRevision | undefined]>([[undefined], [NO_STREAM], [4n]])(
    'comes back with an append that expects %s',
    async (expectedRevision) => {
      const stream = await deleted();
      const next = event();
      const options = expectedRevision === undefined ? {} : { expectedRevision };
      await expect(context.client.appendToStream(stream, next, options)).resolves.toMatchObject({
        nextExpectedRevision: 5n,
      });
      expect(idsOf(await collect(context.client.readStream(stream)))).toEqual([next.id]);
      expect((await context.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 5 });
    },
  );

  it('comes back with new metadata, which is kept', async () => {
    const stream = await deleted();
    await context.client.setStreamMetadata(stream, { maxCount: 7 });
    expect((await context.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 7, truncateBefore: 5 });
    await context.client.appendToStream(stream, event());
    expect(await revisions(stream)).toEqual([5]);
  });

  it.each([{}, { credentials: { username: 'someone', password: 'secret' } }])(
    'is told to writers who expect it to be there (%j)',
    async (options) => {
      const stream = await deleted();
      const appending = context.client.appendToStream(stream, event(), { ...options, expectedRevision: STREAM_EXISTS });
      await expect(appending).rejects.toMatchObject({ type: 'stream-deleted', streamName: stream });
    },
  );

  it('is followed into what comes after it', async () => {
    const stream = await deleted();
    const next = event();
    const subscription = context.client.subscribeToStream(stream, { fromRevision: START });
    subscription.once('caughtUp', () => void context.client.appendToStream(stream, next));
    const heard = [];
    for await (const { event: found } of subscription) {
      heard.push(found?.id);
      break;
    }
    expect(heard).toEqual([next.id]);
  });
});

describe('a deletion', () => {
  type Deletable = 'absent' | 'described' | 'filled' | 'deleted';
  const make: Record<Deletable, () => Promise<string>> = {
    absent: () => Promise.resolve(newStream()),
    described: async () => {
      const stream = newStream();
      await context.client.setStreamMetadata(stream, {});
      return stream;
    },
    filled,
    deleted: async () => {
      const stream = await filled();
      await context.client.deleteStream(stream);
      return stream;
    },
  };
  it.each<[Deletable, AppendExpectedRevision | undefined, bigint | 'done']>([
    ['absent', undefined, -1n],
    ['absent', NO_STREAM, -1n],
    ['absent', 0n, -1n],
    ['described', undefined, 'done'],
    ['described', NO_STREAM, 'done'],
    ['described', 0n, -1n],
    ['filled', undefined, 'done'],
    ['filled', NO_STREAM, 4n],
    ['filled', 4n, 'done'],
    ['filled', 3n, 4n],
    ['deleted', undefined, 'done'],
    ['deleted', NO_STREAM, 'done'],
    ['deleted', 4n, 'done'],
    ['deleted', 3n, 4n],
  ])('of a stream that is %s, expecting %s: %s', async (state, expectedRevision, outcome) => {
    const stream = await make[state]();
    const options = expectedRevision === undefined ? {} : { expectedRevision: expectedRevision as never };
    const deleting = context.client.deleteStream(stream, options);
    if (outcome === 'done') {
      const { position } = await deleting;
      const [metadata] = await collect(context.client.readStream(`$$${stream}`));
      expect(position).toEqual(metadata?.position);
    } else {
      await expect(deleting).rejects.toMatchObject({
        type: 'wrong-expected-version',
        streamName: stream,
        actualVersion: outcome,
      });
    }
  });

  it('of a stream of links is refused', async () => {
    await expect(context.client.deleteStream('$ce-user')).rejects.toThrow('the store itself keeps');
  });

  it('keeps the JSON of other metadata', async () => {
    const stream = await filled();
    await context.client.appendToStream(
      `$$${stream}`,
      jsonEvent({ type: '$metadata', data: { own: [1, { two: null }] } }),
    );
    expect((await context.client.getStreamMetadata(stream)).metadata).toEqual({ own: [1, { two: null }] });
  });
});
