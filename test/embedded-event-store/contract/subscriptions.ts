import { describe, expect, it } from '@jest/globals';
import { collect, idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { follow } from './follow.js';
import { streamThatIs } from './states.js';

export function subscriptions(context: Contract): void {
  const { event, events } = context;
  const toStream = (stream: string, options: object = {}) => follow(context.client.subscribeToStream(stream, options));
  const toAll = (options: object) => follow(context.client.subscribeToAll(options));
  const filter = (prefix: string) => context.library.streamNameFilter({ prefixes: [prefix] });

  describe('to a stream', () => {
    it('delivers history, says that it has caught up, and goes on', async () => {
      const [stream, history, live] = [newStream(), events(300), events(2)];
      await context.client.appendToStream(stream, history);
      const { count, caughtUp, stop } = toStream(stream, { fromRevision: 'start' });
      await caughtUp();
      await context.client.appendToStream(newStream(), events(3));
      await context.client.appendToStream(stream, live);
      expect(await count(303)).toEqual([...idsOf(history), 'caughtUp', ...idsOf(live)]);
      await stop();
    });

    it('starts after the revision it is given', async () => {
      const [stream, history] = [newStream(), events(5)];
      await context.client.appendToStream(stream, history);
      const { caughtUp, stop } = toStream(stream, { fromRevision: 2n });
      expect(await caughtUp()).toEqual([...idsOf(history.slice(3)), 'caughtUp']);
      await stop();
    });

    it('starts with what comes next when told to start at the end', async () => {
      const [stream, live] = [newStream(), events(2)];
      await context.client.appendToStream(stream, events(5));
      const { count, caughtUp, stop } = toStream(stream, { fromRevision: 'end' });
      await caughtUp();
      await context.client.appendToStream(stream, live);
      expect(await count(3)).toEqual(['caughtUp', ...idsOf(live)]);
      await stop();
    });

    it('waits for a revision still to come', async () => {
      const [stream, batch] = [newStream(), events(4)];
      await context.client.appendToStream(stream, events(2));
      const { count, caughtUp, stop } = toStream(stream, { fromRevision: 3n });
      await caughtUp();
      await context.client.appendToStream(stream, batch);
      expect(await count(3)).toEqual(['caughtUp', ...idsOf(batch.slice(2))]);
      await stop();
    });

    const ours = 'newer servers, and not 23.10, say that they have caught up';
    for (const state of ['absent', 'described', 'deleted'] as const) {
      context.ours(`waits for a stream that is ${state} (${ours})`, async () => {
        const [stream, live] = [await streamThatIs(state, context), events(2)];
        const each = ['start', 'end'].map((fromRevision) => toStream(stream, { fromRevision }));
        await Promise.all(each.map(({ caughtUp }) => caughtUp()));
        await context.client.appendToStream(stream, live);
        for (const { count, stop } of each) {
          expect(await count(3)).toEqual(['caughtUp', ...idsOf(live)]);
          await stop();
        }
      });
    }

    context.ours(`starts after a revision of a stream that is yet to come, or to come back (${ours})`, async () => {
      const live = events(3);
      for (const [state, fromRevision, missing] of [
        ['absent', 0n, 1],
        ['described', 1n, 2],
        ['deleted', 1n, 0],
        ['deleted', 2n, 1],
      ] as const) {
        const stream = await streamThatIs(state, context);
        const { count, caughtUp, stop } = toStream(stream, { fromRevision });
        await caughtUp();
        await context.client.appendToStream(stream, live);
        expect(await count(4 - missing)).toEqual(['caughtUp', ...idsOf(live.slice(missing))]);
        await stop();
      }
    });

    it('delivers no history that is hidden', async () => {
      const [stream, history, live] = [newStream(), events(5), events(3)];
      await context.client.appendToStream(stream, history);
      await context.client.setStreamMetadata(stream, { maxCount: 2 });
      const { count, caughtUp, stop } = toStream(stream);
      expect(await caughtUp()).toEqual([...idsOf(history.slice(3)), 'caughtUp']);
      // What comes live comes, even if it is soon one too many.
      await context.client.appendToStream(stream, live);
      expect(await count(6)).toEqual([...idsOf(history.slice(3)), 'caughtUp', ...idsOf(live)]);
      await stop();
    });

    it('says nothing of a deletion, and goes on when the stream comes back', async () => {
      const [stream, history, live] = [newStream(), events(2), event()];
      await context.client.appendToStream(stream, history);
      const { count, caughtUp, stop } = toStream(stream);
      await caughtUp();
      await context.client.deleteStream(stream);
      await context.client.appendToStream(stream, live);
      expect(await count(4)).toEqual([...idsOf(history), 'caughtUp', live.id]);
      await stop();
    });

    it('ends when the stream is closed, after the event that says so', async () => {
      const [stream, history] = [newStream(), events(2)];
      await context.client.appendToStream(stream, history);
      const { count, caughtUp } = toStream(stream);
      await caughtUp();
      const { position } = await context.client.tombstoneStream(stream);
      const [tombstone] = await collect(context.client.readAll({ fromPosition: position ?? 'start', maxCount: 1 }));
      const heard = [...idsOf(history), 'caughtUp', tombstone?.id, 'error: stream-deleted'];
      expect(await count(5)).toEqual(heard);
    });

    it.each(['start', 'end', 1n] as const)('to a closed stream, from %s, fails at once', async (fromRevision) => {
      const stream = await streamThatIs('closed', context);
      expect(await toStream(stream, { fromRevision }).count(1)).toEqual(['error: stream-deleted']);
    });

    context.ours.each(['start', 'end', 1n] as const)(
      'to a closed stream, from %s, is confirmed before it fails (newer servers do so, 23.10 does not)',
      async (fromRevision) => {
        const stream = await streamThatIs('closed', context);
        const subscription = context.client.subscribeToStream(stream, { fromRevision });
        let confirmed = false;
        subscription.once('confirmation', () => (confirmed = true));
        const { count } = follow(subscription);
        expect(await count(1)).toEqual(['error: stream-deleted']);
        expect(confirmed).toBe(true);
      },
    );

    it('delivers nothing twice because an append was made again', async () => {
      const [stream, batch, last] = [newStream(), events(2), event()];
      const { count, stop } = toStream(stream);
      const first = await context.client.appendToStream(stream, batch, { expectedRevision: 'no_stream' });
      expect(await context.client.appendToStream(stream, batch, { expectedRevision: 'no_stream' })).toEqual(first);
      await context.client.appendToStream(stream, last);
      expect((await count(4)).filter((word) => word !== 'caughtUp')).toEqual([...idsOf(batch), last.id]);
      await stop();
    });

    it('refuses revisions that no stream can have', async () => {
      expect(await toStream(newStream(), { fromRevision: 2n ** 63n }).count(1)).toEqual(['error: unknown']);
    });

    it('ends quietly when the client has had enough', async () => {
      const stream = newStream();
      const { caughtUp, heard, stop } = toStream(stream, { fromRevision: 'end' });
      await caughtUp();
      await stop();
      const other = toStream(stream);
      await context.client.appendToStream(stream, event());
      await other.until((words) => words.some((word) => word !== 'caughtUp'));
      expect(heard).toEqual(['caughtUp']);
      await other.stop();
    });
  });

  describe('to the whole log', () => {
    it('starts after the position it is given', async () => {
      const batch = events(4);
      const { position } = await context.client.appendToStream(newStream(), events(1));
      await context.client.appendToStream(newStream(), batch);
      const { caughtUp, stop } = toAll({ fromPosition: position ?? 'start' });
      expect(await caughtUp()).toEqual([...idsOf(batch), 'caughtUp']);
      await stop();
    });

    it('starts with what comes next when told to start at the end', async () => {
      const live = events(2);
      const { count, caughtUp, stop } = toAll({ fromPosition: 'end' });
      await caughtUp();
      await context.client.appendToStream(newStream(), live);
      expect(await count(3)).toEqual(['caughtUp', ...idsOf(live)]);
      await stop();
    });

    it('takes position 2^64 - 1 for the end', async () => {
      const [live, end] = [event(), 2n ** 64n - 1n];
      const { count, caughtUp, stop } = toAll({ fromPosition: { commit: end, prepare: end } });
      await caughtUp();
      await context.client.appendToStream(newStream(), live);
      expect(await count(2)).toEqual(['caughtUp', live.id]);
      await stop();
    });

    it.each([['start' as const], [{ commit: 0n, prepare: 0n }]])('starts with the first event: %s', async (from) => {
      await context.client.appendToStream(newStream(), event());
      const [first] = await collect(context.client.readAll({ maxCount: 1 }));
      const { count, stop } = toAll({ fromPosition: from });
      expect((await count(1))[0]).toBe(first?.id);
      await stop();
    });

    context.ours('loses no event after a position between two events (23.10 does)', async () => {
      const [stream, batch] = [newStream(), events(3)];
      await context.client.appendToStream(stream, batch);
      const [first] = await collect(context.client.readStream(stream));
      const { commit } = first?.position ?? { commit: 0n };
      const between = { commit: commit + 1n, prepare: commit };
      const { caughtUp, stop } = toAll({ fromPosition: between });
      expect(await caughtUp()).toEqual([...idsOf(batch.slice(1)), 'caughtUp']);
      await stop();
    });

    it('shows what is done to streams as it is done', async () => {
      const stream = newStream();
      const types: string[] = [];
      const subscription = context.client.subscribeToAll({ fromPosition: 'end' });
      const caughtUp = new Promise((done) => subscription.once('caughtUp', done));
      const hearing = (async () => {
        for await (const { event: found } of subscription) {
          if (found?.streamId.endsWith(stream)) types.push(found.type);
          if (found?.type === '$streamDeleted') break;
        }
      })();
      await caughtUp;
      await context.client.appendToStream(stream, event());
      await context.client.deleteStream(stream);
      await context.client.appendToStream(stream, event());
      await context.client.tombstoneStream(stream);
      await hearing;
      expect(types).toEqual(['Happened', '$metadata', 'Happened', '$metadata', '$streamDeleted']);
    });
  });

  it('neither skip nor repeat an event while others write, and catch up once', async () => {
    const [prefix, written] = [newStream(), [] as string[]];
    const { position } = await context.client.appendToStream(newStream(), event());
    let writing = true;
    const write = async (name: string) => {
      while (writing) {
        const batch = events(3);
        await context.client.appendToStream(name, batch);
        written.push(...idsOf(batch));
      }
    };
    const writers = ['a', 'b', 'c', 'd'].map((suffix) => write(`${prefix}-${suffix}`));
    const fromPosition = position ?? 'start';
    const [all, filtered, stream] = [
      toAll({ fromPosition }),
      toAll({ fromPosition, filter: filter(prefix) }),
      toStream(`${prefix}-a`, { fromRevision: 'start' }),
    ];
    await Promise.all([all, filtered, stream].map(({ caughtUp }) => caughtUp()));
    await all.count(800);
    writing = false;
    await Promise.all(writers);
    const last = event();
    await context.client.appendToStream(`${prefix}-a`, last);
    await Promise.all([all, filtered, stream].map(({ until }) => until((heard) => heard.includes(last.id))));

    const expected = new Set([...written, last.id]);
    const heard = all.heard.filter((id) => expected.has(id));
    expect(heard).toHaveLength(expected.size);
    expect(new Set(heard)).toEqual(expected);
    expect(filtered.heard.filter((id) => id !== 'caughtUp')).toEqual(heard);
    const ofStream = stream.heard.filter((id) => id !== 'caughtUp');
    expect(ofStream).toEqual(heard.filter((id) => new Set(ofStream).has(id)));
    for (const each of [all, filtered, stream]) {
      expect(each.heard.filter((word) => word === 'caughtUp')).toHaveLength(1);
      await each.stop();
    }
  });
}
