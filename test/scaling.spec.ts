import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Program } from './support/program.js';

type Costs = Readonly<Record<'patchMs' | 'instances' | 'storeAppends' | 'storeMs' | 'databaseMs' | 'tells', number>>;
type Partitions = Readonly<{
  randomFrom(seed: number): () => number;
  zipfShares(accounts: number, exponent: number): Float64Array;
  scatter(shares: Float64Array, partitions: number, random: () => number): Int32Array;
  rebalance(shares: Float64Array, placed: Int32Array, partitions: number, most: number): { placed: Int32Array };
  loads(shares: Float64Array, placed: Int32Array, partitions: number): number[];
  poisson(perSecond: number, seconds: number, random: () => number): number[];
  answers(arrivals: readonly number[], costs: Costs): Float64Array;
}>;

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const { answers, loads, poisson, randomFrom, rebalance, scatter, zipfShares } = (await import(
  path('bench/partitions.mjs')
)) as Partitions;

const scaling = (...args: string[]) => new Program([path('bench/scaling.mjs'), ...args], {}).ended();

describe('npm run scaling', () => {
  it('prints what docs/scaling.md quotes', async () => {
    const { code, stdout } = await scaling();
    expect(code).toBe(0);
    const tables = stdout.split('\n\n').filter((part) => part.startsWith('|'));
    expect(tables).toHaveLength(5);
    const page = readFileSync(path('docs/scaling.md'), 'utf8');
    for (const table of tables) expect(page).toContain(`\n\n${table.trim()}\n`);
  });

  it('says the same for the same seed, and something else for another', async () => {
    const [one, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => scaling('--json', '--seconds', '1', '--seed', String(seed))),
    );
    expect(one?.stdout).toBe(again?.stdout);
    expect(one?.stdout).not.toBe(other?.stdout);
  });

  it('takes other inputs', async () => {
    const { stdout } = await scaling('--json', '--set', 'followMs=1', '--partitions', '7');
    const { inputs, simulation } = JSON.parse(stdout) as {
      inputs: Record<string, number>;
      simulation: { partitions: number }[];
    };
    expect(inputs).toMatchObject({ followMs: 1, patchMs: 0.83 });
    expect(simulation[0]?.partitions).toBe(7);
  });

  it.each([['--set', 'nothing=1'], ['--set', 'users=-1'], ['--seconds', '0'], ['--what']])(
    'refuses %s %s',
    async (...args) => {
      const { code, stderr } = await scaling(...args);
      expect(code).toBe(2);
      expect(stderr).toContain('Usage: npm run scaling');
    },
  );
});

describe('the simulation', () => {
  const idle = { patchMs: 0, instances: 1, storeAppends: Infinity, storeMs: 0, databaseMs: 0, tells: Infinity };
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;

  // Pollaczek and Khinchine: with service times all alike, the wait is half the load times the time over what is left.
  it.each([0.3, 0.5, 0.8])('waits as long before one server as theory has it, at a load of %d', (load) => {
    const took = answers(poisson(load * 1000, 300, randomFrom(7)), { ...idle, patchMs: 1 });
    const expected = 1 + load / (2 * (1 - load));
    expect(Math.abs(mean(took) - expected)).toBeLessThan(expected * 0.05);
  });

  it('waits before the event store alike', () => {
    const took = answers(poisson(500, 300, randomFrom(7)), { ...idle, storeAppends: 1000, storeMs: 2 });
    expect(Math.abs(mean(took) - 3.5)).toBeLessThan(0.1);
  });

  it('has the teller take together what waits', () => {
    const took = answers([0, 1, 2, 3], { ...idle, databaseMs: 10, tells: 1000 });
    expect([...took]).toEqual([11, 23, 22, 21]);
  });

  it('moves accounts until no partition has more than its share, unless one account is more', () => {
    const random = randomFrom(3);
    for (const exponent of [0, 0.5, 0.8, 1]) {
      const shares = zipfShares(20_000, exponent);
      const placed = scatter(shares, 50, random);
      const before = loads(shares, placed, 50);
      const after = loads(shares, rebalance(shares, placed, 50, 1.1).placed, 50);
      expect(after.reduce((a, b) => a + b)).toBeCloseTo(1);
      expect(Math.max(...after)).toBeLessThanOrEqual(Math.max(...before));
      expect(Math.max(...after)).toBeLessThanOrEqual(Math.max(1.1 / 50, shares[0] ?? 0) + 1e-9);
    }
  });
});
