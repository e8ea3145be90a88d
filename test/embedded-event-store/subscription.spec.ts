import { END, eventTypeFilter, excludeSystemEvents, START, streamNameFilter } from '@eventstore/db-client';
import type { AllStreamSubscription, StreamSubscription } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { event, events, idsOf, newStream, withStore } from './with-store.js';

const context = withStore();

/** What a subscription has said so far, with 'caughtUp' in its place; resolves once the condition holds. */
function follow(subscription: StreamSubscription | AllStreamSubscription) {
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  const hear = (word: string) => {
    heard.push(word);
    for (const check of waiting) check();
  };
  subscription.on('error', (error) => {
    hear(`error: ${error.message}`);
  });
  subscription.on('caughtUp', () => {
    hear('caughtUp');
  });
  subscription.on('data', ({ event }) => {
    hear(event?.id ?? 'nothing');
  });
  const until = (condition: (heard: readonly string[]) => boolean) =>
    new Promise<string[]>((resolve) => {
      const check = () => {
        if (condition(heard)) resolve([...heard]);
      };
      waiting.add(check);
      check();
    });
  return { heard, until, caughtUp: () => until((words) => words.includes('caughtUp')) };
}

const count = (length: number) => (heard: readonly string[]) => heard.length >= length;

describe('a subscription to a stream', () => {
  it('delivers history, says that it has caught up, and goes on', async () => {
    const [stream, history, live] = [newStream(), events(300), events(2)];
    await context.client.appendToStream(stream, history);
    const { until, caughtUp } = follow(context.client.subscribeToStream(stream, { fromRevision: START }));
    await caughtUp();
    await context.client.appendToStream(newStream(), events(3));
    await context.client.appendToStream(stream, live);
    expect(await until(count(303))).toEqual([...idsOf(history), 'caughtUp', ...idsOf(live)]);
  });

  it('starts after the revision it is given', async () => {
    const [stream, history] = [newStream(), events(5)];
    await context.client.appendToStream(stream, history);
    const { caughtUp } = follow(context.client.subscribeToStream(stream, { fromRevision: 2n }));
    expect(await caughtUp()).toEqual([...idsOf(history.slice(3)), 'caughtUp']);
  });

  it('starts with what comes next when told to start at the end', async () => {
    const [stream, live] = [newStream(), events(2)];
    await context.client.appendToStream(stream, events(5));
    const { until, caughtUp } = follow(context.client.subscribeToStream(stream, { fromRevision: END }));
    await caughtUp();
    await context.client.appendToStream(stream, live);
    expect(await until(count(3))).toEqual(['caughtUp', ...idsOf(live)]);
  });

  it('waits for a stream that does not exist, and for a revision still to come', async () => {
    const [stream, first, second] = [newStream(), event(), event()];
    const fromStart = follow(context.client.subscribeToStream(stream, { fromRevision: START }));
    const afterFirst = follow(context.client.subscribeToStream(stream, { fromRevision: 0n }));
    await Promise.all([fromStart.caughtUp(), afterFirst.caughtUp()]);
    await context.client.appendToStream(stream, first);
    await context.client.appendToStream(stream, second);
    expect(await fromStart.until(count(3))).toEqual(['caughtUp', first.id, second.id]);
    expect(await afterFirst.until(count(2))).toEqual(['caughtUp', second.id]);
  });
});

describe('a subscription to the whole log', () => {
  it('starts after the position it is given', async () => {
    const batch = events(4);
    const { position } = await context.client.appendToStream(newStream(), events(1));
    await context.client.appendToStream(newStream(), batch);
    const { caughtUp } = follow(context.client.subscribeToAll({ fromPosition: position ?? START }));
    expect(await caughtUp()).toEqual([...idsOf(batch), 'caughtUp']);
  });

  it('starts with what comes next when told to start at the end', async () => {
    const live = events(2);
    const { until, caughtUp } = follow(context.client.subscribeToAll({ fromPosition: END }));
    await caughtUp();
    await context.client.appendToStream(newStream(), live);
    expect(await until(count(3))).toEqual(['caughtUp', ...idsOf(live)]);
  });

  it('neither skips nor repeats an event while others write, and catches up once', async () => {
    const written: string[] = [];
    const prefix = newStream();
    let writing = true;
    const write = async (name: string) => {
      while (writing) {
        const batch = events(3);
        await context.client.appendToStream(name, batch);
        written.push(...idsOf(batch));
      }
    };
    const writers = ['a', 'b', 'c', 'd'].map((suffix) => write(`${prefix}-${suffix}`));
    const filter = streamNameFilter({ prefixes: [prefix] });
    const followers = [
      follow(context.client.subscribeToAll({ fromPosition: START })),
      follow(context.client.subscribeToAll({ fromPosition: START, filter })),
      follow(context.client.subscribeToStream(`${prefix}-a`, { fromRevision: START })),
    ];
    await Promise.all(followers.map(({ caughtUp }) => caughtUp()));
    await followers[0]?.until(count(5_000));
    writing = false;
    await Promise.all(writers);

    const [all, filtered, stream] = followers;
    const last = [event(), event()];
    await context.client.appendToStream(`${prefix}-a`, last);
    await Promise.all(followers.map(({ until }) => until((heard) => heard.at(-1) === last[1]?.id)));
    const expected = new Set([...written, ...idsOf(last)]);
    const ofThisTest = all?.heard.filter((id) => expected.has(id)) ?? [];
    expect(ofThisTest).toHaveLength(expected.size);
    expect(new Set(ofThisTest)).toEqual(expected);
    expect(filtered?.heard.filter((id) => id !== 'caughtUp')).toEqual(ofThisTest);
    for (const { heard } of followers) expect(heard.filter((word) => word === 'caughtUp')).toHaveLength(1);
    const ofStream = new Set(stream?.heard);
    expect(stream?.heard.filter((id) => id !== 'caughtUp')).toEqual(ofThisTest.filter((id) => ofStream.has(id)));
    expect(ofStream.size).toBe(stream?.heard.length);
  });
});

describe('a filtered subscription', () => {
  const subscribe = (filter: Parameters<typeof streamNameFilter>[0] & object, of: 'stream' | 'type') =>
    follow(
      context.client.subscribeToAll({
        fromPosition: START,
        filter: of === 'stream' ? streamNameFilter(filter as never) : eventTypeFilter(filter as never),
      }),
    );

  it.each<['stream' | 'type', { prefixes: string[] } | { regex: string }]>([
    ['stream', { prefixes: ['nothing', 'wanted-'] }],
    ['stream', { regex: 'anted-[0-9a-f]{8}' }],
    ['type', { prefixes: ['Want'] }],
    ['type', { regex: '^Wanted$' }],
  ])('by %s %j delivers what matches, from history and live', async (of, filter) => {
    const [before, after] = [event('Wanted'), event('Wanted')];
    await context.client.appendToStream(newStream('wanted'), before);
    await context.client.appendToStream(newStream('other'), event('Other'));
    const { heard, until, caughtUp } = subscribe(filter as never, of);
    await caughtUp();
    await context.client.appendToStream(newStream('other'), event('Other'));
    await context.client.appendToStream(newStream('wanted'), after);
    await until((words) => words.at(-1) === after.id);
    expect(heard.slice(heard.indexOf(before.id))).toEqual([before.id, 'caughtUp', after.id]);
  });

  it('takes a prefix for the start of a name, not for any part of it', async () => {
    const [prefix, wanted, unwanted] = [newStream(), event(), event()];
    await context.client.appendToStream(`un${prefix}`, unwanted);
    await context.client.appendToStream(`${prefix}-1`, wanted);
    const { caughtUp } = subscribe({ prefixes: [prefix] }, 'stream');
    expect(await caughtUp()).toEqual([wanted.id, 'caughtUp']);
  });

  it('can leave out system events', async () => {
    const [system, ordinary] = [event('$system'), event('ordinary')];
    await context.client.appendToStream(newStream(), [system, ordinary]);
    const { heard, caughtUp } = follow(
      context.client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() }),
    );
    await caughtUp();
    expect(heard).toContain(ordinary.id);
    expect(heard).not.toContain(system.id);
  });

  it('says how far it has come after so many events, matching or not, in history and live', async () => {
    const { position } = await context.client.appendToStream(newStream(), events(1));
    await context.client.appendToStream(newStream(), events(200, 'Other'));
    const start = position?.commit ?? 0n;
    const checkpoints: bigint[] = [];
    const filter = eventTypeFilter({
      prefixes: ['Rare'],
      checkpointInterval: 2,
      checkpointReached: async (_, reached) => {
        checkpoints.push(reached.commit - start);
        return Promise.resolve();
      },
    });
    const { until, caughtUp } = follow(context.client.subscribeToAll({ fromPosition: position ?? START, filter }));
    await caughtUp();
    const [other, rare] = [events(184, 'Other'), event('Rare')];
    await context.client.appendToStream(newStream(), [...other, rare]);
    await until((words) => words.includes(rare.id));
    expect(checkpoints).toEqual([64n, 128n, 192n, 256n, 320n, 384n]);
  });
});
