import { describe, expect, it } from '@jest/globals';
import { type FencingToken, holdOn, Lease, type LeaseNote } from '../../../src/event-sourcing/lease.js';

const MS = 120;
const SLOW_MACHINE_MS = 2_000;

/** Answers so many times, and then leaves whoever asks without an answer. */
class SilentLease extends Lease {
  override readonly ms = MS;
  asked = 0;
  constructor(private readonly answers: number) {
    super();
  }
  override hold(): Promise<FencingToken | undefined> {
    return this.asked++ < this.answers ? Promise.resolve(7n) : new Promise(() => undefined);
  }
  override look(): Promise<LeaseNote | undefined> {
    return Promise.resolve(undefined);
  }
  override release(): Promise<void> {
    return Promise.resolve();
  }
}

async function held(lease: Lease, signal: AbortSignal): Promise<number> {
  const began = performance.now();
  await holdOn(lease, 7n, () => 'live', signal);
  return performance.now() - began;
}

describe('a lease whose keeper is silent', () => {
  it('is let go of when its time is over', async () => {
    const lease = new SilentLease(2);
    const ms = await held(lease, new AbortController().signal);
    expect(lease.asked).toBeGreaterThan(2);
    expect(ms).toBeGreaterThanOrEqual(MS);
    expect(ms).toBeLessThan(MS + SLOW_MACHINE_MS);
  });

  it('is let go of at once by whoever is told to', async () => {
    const lease = new SilentLease(0);
    Object.assign(lease, { ms: 60_000 });
    const ms = await held(lease, AbortSignal.timeout(20));
    expect(ms).toBeLessThan(SLOW_MACHINE_MS);
  });
});
