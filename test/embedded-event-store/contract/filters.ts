import { beforeAll, expect, it } from '@jest/globals';
import { collect, idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { follow } from './follow.js';

type Given = { prefixes: string[] } | { regex: string };

export function filters(context: Contract): void {
  const { library, event } = context;
  const name = newStream('wanted');
  let from = { commit: 0n, prepare: 0n };
  beforeAll(async () => {
    from = (await context.client.appendToStream(newStream(), event())).position ?? from;
  });
  const filter = (of: 'stream' | 'type', given: Given) =>
    of === 'stream' ? library.streamNameFilter(given as never) : library.eventTypeFilter(given as never);

  const each: [of: 'stream' | 'type', string, Given][] = [
    ['stream', 'prefixes', { prefixes: ['nothing', name] }],
    ['stream', 'an expression that matches within the name', { regex: `${name.slice(1, 30)}.*[01]$` }],
    ['type', 'prefixes', { prefixes: ['Nothing', `Want-${name}`] }],
    ['type', 'an expression', { regex: `^Want-${name}(ed)?$` }],
  ];

  it.each(each)('by %s, with %s, deliver what matches, from history and live', async (of, _, given) => {
    const type = `Want-${name}`;
    const [before, after] = [event(type), event(`${type}ed`)];
    const { position } = await context.client.appendToStream(newStream(), event());
    await context.client.appendToStream(`${name}-0`, before);
    await context.client.appendToStream(newStream('other'), event('Other'));
    const fromPosition = position ?? from;
    const { heard, until, caughtUp, stop } = follow(
      context.client.subscribeToAll({ fromPosition, filter: filter(of, given) }),
    );
    await caughtUp();
    await context.client.appendToStream(newStream('other'), event('Other'));
    await context.client.appendToStream(`${name}-1`, after);
    await until((words) => words.at(-1) === after.id);
    expect(heard).toEqual([before.id, 'caughtUp', after.id]);
    await stop();
  });

  it('take a prefix for the start of a name, in its very letters', async () => {
    const [prefix, wanted] = [newStream('Prefix'), event()];
    for (const other of [`un${prefix}`, prefix.toLowerCase()]) await context.client.appendToStream(other, event());
    await context.client.appendToStream(`${prefix}-1`, wanted);
    const subscription = context.client.subscribeToAll({
      fromPosition: from,
      filter: library.streamNameFilter({ prefixes: [prefix] }),
    });
    const { caughtUp, stop } = follow(subscription);
    expect(await caughtUp()).toEqual([wanted.id, 'caughtUp']);
    await stop();
  });

  context.ours('take prefixes letter by letter (23.10 by a culture, to which some letters are none)', async () => {
    const [start, prefix, wanted] = [await position(), newStream('straße'), event()];
    for (const other of [prefix.replace('ß', 'ss'), prefix.replace('-', '\u00ad-')])
      await context.client.appendToStream(other, event());
    await context.client.appendToStream(prefix, wanted);
    expect(await passed(start, 'stream', { prefixes: [prefix] })).toEqual([wanted.id, 'caughtUp']);
  });

  it('can leave out events of system types, not of system streams', async () => {
    const [system, ordinary] = [event('$system'), event('ordinary')];
    const stream = newStream('$system');
    await context.client.appendToStream(stream, [system, ordinary]);
    const { heard, caughtUp, stop } = follow(
      context.client.subscribeToAll({ fromPosition: from, filter: library.excludeSystemEvents() }),
    );
    await caughtUp();
    expect(heard).toContain(ordinary.id);
    expect(heard).not.toContain(system.id);
    await stop();
  });

  it('look at a link, not at what it leads to', async () => {
    const [stream, links, target] = [newStream(), newStream(), event(newStream('Type'))];
    await context.client.appendToStream(stream, target);
    const link = context.bytes('$>', `0@${stream}`);
    await context.client.appendToStream(links, link);
    const heard = async (given: Parameters<typeof filter>) => {
      const options = { fromPosition: from, resolveLinkTos: true, filter: filter(...given) };
      const { caughtUp, stop } = follow(context.client.subscribeToAll(options));
      const words = await caughtUp();
      await stop();
      return words;
    };
    expect(await heard(['stream', { prefixes: [links] }])).toEqual([target.id, 'caughtUp']);
    expect(await heard(['type', { prefixes: [target.type] }])).toEqual([target.id, 'caughtUp']);
  });

  /** What a filter lets through of a stream's events, told by what `given` is on. */
  async function passed(fromPosition: typeof from, ...given: Parameters<typeof filter>) {
    const subscription = context.client.subscribeToAll({ fromPosition, filter: filter(...given) });
    const { until, stop } = follow(subscription);
    const words = await until((heard) => heard.includes('caughtUp') || heard[0]?.startsWith('error') === true);
    await stop();
    return words;
  }

  async function position() {
    return (await context.client.appendToStream(newStream(), event())).position ?? from;
  }

  it.each<[string, object]>([
    ['nothing', {}],
    ['no prefixes', { prefixes: [] }],
    ['an empty expression', { regex: '' }],
  ])('with %s let nothing through', async (_, given) => {
    const start = await position();
    await context.client.appendToStream(newStream(), context.events(3));
    expect(await passed(start, 'stream', given as Given)).toEqual(['caughtUp']);
    expect(await passed(start, 'type', given as Given)).toEqual(['caughtUp']);
  });

  it('go by the expression where there are prefixes as well', async () => {
    const [start, stream, other, wanted] = [await position(), newStream('a'), newStream('b'), event()];
    await context.client.appendToStream(stream, event());
    await context.client.appendToStream(other, wanted);
    expect(await passed(start, 'stream', { regex: `^${other}$`, prefixes: [stream] })).toEqual([wanted.id, 'caughtUp']);
  });

  it('show nothing that the whole log hides', async () => {
    const [start, group, wanted] = [await position(), newStream('g'), event()];
    const [hidden, shown] = ['$all', 'other'].map((of) => `$persistentsubscription-${of}::${group}-parked`);
    await context.client.appendToStream(hidden ?? '', event());
    await context.client.appendToStream(shown ?? '', wanted);
    expect(await passed(start, 'stream', { prefixes: ['$persistentsubscription-'] })).toEqual([wanted.id, 'caughtUp']);
  });

  context.ours.each(['\\Auser', 'user\\z', '\\p{L}', '\\\\\\Z', '(?i)user', '[a-z-[aeiou]]', '(?>user)'])(
    'refuse an expression that JavaScript takes otherwise than .NET, or not at all: %s (23.10 reads it as .NET)',
    async (regex) => {
      expect(await passed(from, 'stream', { regex })).toEqual(['error: unknown']);
    },
  );

  it('read an expression alike in .NET and in JavaScript', async () => {
    const [start, stream, wanted] = [await position(), newStream('a[b]-\\A\t'), event()];
    await context.client.appendToStream(stream, wanted);
    for (const regex of ['^a\\[[a-z]]-[\\\\]A\\s', '^a\\[b\\]\\-\\\\A\\t(?!x)(?<id>[\\w-]{37})$'])
      expect(await passed(start, 'stream', { regex })).toEqual([wanted.id, 'caughtUp']);
  });

  if (library.filtersReads) {
    it('of finite reads count what matches, in both directions', async () => {
      const [stream, batch] = [newStream(), context.events(5)];
      for (const one of batch) {
        await context.client.appendToStream(stream, one);
        await context.client.appendToStream(newStream(), context.events(20));
      }
      const read = (options: object) =>
        collect(context.client.readAll({ filter: filter('stream', { prefixes: [stream] }), ...options } as object));
      const ids = idsOf(batch);
      expect(idsOf(await read({ fromPosition: from }))).toEqual(ids);
      expect(idsOf(await read({ fromPosition: from, maxCount: 3 }))).toEqual(ids.slice(0, 3));
      const backwards = { direction: 'backwards', fromPosition: 'end', maxCount: 2 };
      expect(idsOf(await read(backwards))).toEqual(ids.slice(3).toReversed());
    });

    it('of finite reads find no less for a narrow window', async () => {
      const [start, stream, batch] = [await position(), newStream(), context.events(3)];
      for (const one of batch) {
        await context.client.appendToStream(newStream(), context.events(5));
        await context.client.appendToStream(stream, one);
      }
      const narrow = library.streamNameFilter({ prefixes: [stream], maxSearchWindow: 1 });
      const found = await collect(context.client.readAll({ filter: narrow, fromPosition: start } as object));
      expect(idsOf(found)).toEqual(idsOf(batch));
    });
  }
}
