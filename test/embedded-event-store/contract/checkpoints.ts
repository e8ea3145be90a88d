import { expect, it } from '@jest/globals';
import { newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { follow } from './follow.js';

type Reached = { commit: bigint; prepare: bigint };

export function checkpoints(context: Contract): void {
  const { library, event, events } = context;

  /** Follows events of one type, from now on; collects what the filter says of how far it has come. */
  async function search(type: string, options: { checkpointInterval?: number; maxSearchWindow?: number }) {
    const { position } = await context.client.appendToStream(newStream(), event());
    const [reached, fromPosition] = [[] as Reached[], position ?? { commit: 0n, prepare: 0n }];
    const checkpointReached = (_: unknown, at: Reached) => Promise.resolve(void reached.push(at));
    const filter = library.eventTypeFilter({ prefixes: [type], ...options, checkpointReached });
    return { reached, start: () => follow(context.client.subscribeToAll({ fromPosition, filter })) };
  }

  context.ours(
    'come after every so many events considered, matching or not, in history and live (23.10: in history by page)',
    async () => {
      const type = newStream('Rare');
      const { reached, start } = await search(type, { checkpointInterval: 2 });
      const places: bigint[] = [];
      const write = async (types: string[]) => {
        const stream = newStream();
        await context.client.appendToStream(
          stream,
          types.map((one) => event(one)),
        );
        for await (const { event: found } of context.client.readStream(stream)) {
          places.push(found?.position?.commit ?? 0n);
        }
      };
      const others = (count: number) => Array<string>(count).fill('Other');
      await write(others(200));
      const { caughtUp, until, stop } = start();
      await caughtUp();
      await write([...others(184), type]);
      await until((words) => words.length === 2);
      expect(reached.map(({ commit }) => places.indexOf(commit) + 1)).toEqual([64, 128, 192, 256, 320, 384]);
      expect(reached.every(({ commit, prepare }) => commit === prepare)).toBe(true);
      await stop();
    },
  );

  it('come for every so many windows as were asked for, each one further on', async () => {
    const type = newStream('Rare');
    const { reached, start } = await search(type, { checkpointInterval: 3, maxSearchWindow: 10 });
    await context.client.appendToStream(newStream(), events(120, 'Other'));
    await context.client.appendToStream(newStream(), event(type));
    const { caughtUp, stop } = start();
    await caughtUp();
    const commits = reached.map(({ commit }) => commit);
    expect(commits).toEqual([...new Set(commits)].toSorted((a, b) => Number(a - b)));
    expect(commits.length).toBeGreaterThanOrEqual(3);
    expect(commits.length).toBeLessThanOrEqual(5);
    await stop();
  });

  it('follow the event they stand at', async () => {
    const type = newStream('Often');
    const { reached, start } = await search(type, { maxSearchWindow: 1 });
    const { caughtUp, heard, until, stop } = start();
    await caughtUp();
    const batch = events(3, type);
    const { position } = await context.client.appendToStream(newStream(), batch);
    const late = event(type);
    await context.client.appendToStream(newStream(), late);
    await until((words) => words.includes(late.id));
    expect(heard.slice(-4)).toEqual([...batch.map(({ id }) => id), late.id]);
    expect(reached.map(({ commit }) => commit)).toContain(position?.commit);
    await stop();
  });

  it('let a subscription start after them and miss nothing', async () => {
    const type = newStream('Rare');
    const { reached, start } = await search(type, {});
    const last = event(type);
    await context.client.appendToStream(newStream(), events(100, 'Other'));
    await context.client.appendToStream(newStream(), last);
    const first = start();
    await first.caughtUp();
    await first.stop();
    const filter = library.eventTypeFilter({ prefixes: [type] });
    const fromPosition = reached.at(-1) ?? 'start';
    const { caughtUp, stop } = follow(context.client.subscribeToAll({ fromPosition, filter }));
    const heard = await caughtUp();
    expect(reached.length).toBeGreaterThan(0);
    expect([[last.id, 'caughtUp'], ['caughtUp']]).toContainEqual(heard);
    await stop();
  });
}
