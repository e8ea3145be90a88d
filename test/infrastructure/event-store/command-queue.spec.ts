import { describe, expect, it } from '@jest/globals';
import { CommandQueue } from '../../../src/infrastructure/event-store/command-queue.js';

const WAIT_MS = 100;
const SLOW_MACHINE_MS = 2_000;

type Command = Readonly<{ name: string; resolve: () => void; reject: (why: unknown) => void }>;

/** A queue whose groups are carried out when they are let; `tried` are the names, group by group. */
class Trial {
  readonly tried: string[][] = [];
  private readonly held: (() => void)[] = [];
  private readonly queue = new CommandQueue<Command>(async (_stream, group) => {
    this.tried.push(group.map(({ name }) => name));
    await new Promise<void>((resolve) => this.held.push(resolve));
    for (const { resolve } of group) resolve();
  }, WAIT_MS);

  /** Resolves to how it ended, and when. */
  add(stream: string, name: string): Promise<{ end: string; ms: number }> {
    const began = performance.now();
    return new Promise<void>((resolve, reject) => {
      this.queue.add(stream, { name, resolve, reject });
    }).then(
      () => ({ end: 'done', ms: performance.now() - began }),
      (error: unknown) => ({ end: String((error as { code?: string }).code), ms: performance.now() - began }),
    );
  }

  /** The next group ends. */
  async release(): Promise<void> {
    this.held.shift()?.();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

describe('commands that wait for those before them', () => {
  it('are refused in time and never tried, however many groups they are', async () => {
    const trial = new Trial();
    const first = trial.add('a', 'first');
    const behind = Array.from({ length: 1_000 }, (_, i) => trial.add('a', `${i}`));
    for (const { end, ms } of await Promise.all(behind)) {
      expect(end).toBe('event-store-unavailable');
      expect(ms).toBeLessThan(WAIT_MS + SLOW_MACHINE_MS);
    }
    await trial.release();
    expect((await first).end).toBe('done');
    expect(trial.tried).toEqual([['first']]);
    const next = trial.add('a', 'next');
    await trial.release();
    expect((await next).end).toBe('done');
  });

  it('are tried where there is time, and the others wait no longer for that', async () => {
    const trial = new Trial();
    void trial.add('a', 'first');
    const second = trial.add('a', 'second');
    await trial.release();
    const third = trial.add('a', 'third');
    expect((await third).end).toBe('event-store-unavailable');
    await trial.release();
    expect((await second).end).toBe('done');
    expect(trial.tried).toEqual([['first'], ['second']]);
  });

  it('are 2,000 at most, of all streams; there is room again when they are over', async () => {
    const trial = new Trial();
    for (const stream of ['a', 'b']) void trial.add(stream, 'first');
    const waiting = Array.from({ length: 2_000 }, (_, i) => trial.add(i % 2 === 0 ? 'a' : 'b', `${i}`));
    const { end, ms } = await trial.add('a', 'one too many');
    expect([end, ms < WAIT_MS]).toEqual(['overloaded', true]);
    void trial.add('c', 'of a stream where nobody waits');
    expect(trial.tried.at(-1)).toEqual(['of a stream where nobody waits']);
    await Promise.all(waiting);
    expect((await trial.add('a', 'again')).end).toBe('event-store-unavailable');
  });
});
