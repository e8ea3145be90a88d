import { beforeEach, expect, it } from '@jest/globals';
import { type FencingToken, Lease, type LeaseNote } from '../../../src/event-sourcing/lease.js';
import { HeardLease } from '../../../src/infrastructure/read-model/heard-lease.js';
import { eventually } from '../../support/load.js';

const MS = 600;

class Asked extends Lease {
  override readonly ms = MS;
  answers = true;
  override hold(): Promise<FencingToken | undefined> {
    return this.answers ? Promise.resolve(7n) : new Promise(() => undefined);
  }
  override look(): Promise<LeaseNote | undefined> {
    return this.answers ? Promise.resolve(undefined) : Promise.reject(new Error('gone'));
  }
  said: unknown;
  override release(...said: readonly unknown[]): Promise<void> {
    this.said = said;
    return Promise.resolve();
  }
}

let asked: Asked;
let lease: HeardLease;
beforeEach(() => {
  asked = new Asked();
  lease = new HeardLease(asked);
});

it('is let go of with the very words', async () => {
  await lease.release.call(lease, 'stopped');
  expect(asked.said).toEqual(['stopped']);
});
it('is not heard before it has answered', () => {
  expect(lease.isHeard).toBe(false);
});
it.each(['hold', 'look'] as const)(
  'is heard once it is asked to %s, and until some beats pass in silence',
  async (how) => {
    expect(await lease[how]('')).toBe(how === 'hold' ? 7n : undefined);
    expect(lease.isHeard).toBe(true);
    const from = performance.now();
    asked.answers = false;
    lease[how]('').catch(() => undefined);
    await eventually('it is not heard', () => !lease.isHeard);
    expect(performance.now() - from).toBeGreaterThan(MS / 4);
  },
);
