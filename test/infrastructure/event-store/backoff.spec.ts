import { describe, expect, it } from '@jest/globals';
import { Backoff } from '../../../src/infrastructure/event-store/backoff.js';

describe('the pauses before another try', () => {
  it('double from the first to the longest, jittered by up to half', () => {
    const backoff = new Backoff(10, 50);
    for (const full of [10, 20, 40, 50, 50]) {
      const pause = backoff.next();
      expect(pause).toBeGreaterThanOrEqual(full / 2);
      expect(pause).toBeLessThanOrEqual(full);
    }
  });

  it('begin anew after a success', () => {
    const backoff = new Backoff(10, 1_000);
    for (let i = 0; i < 8; i++) backoff.next();
    backoff.reset();
    expect(backoff.next()).toBeLessThanOrEqual(10);
  });

  it('differ from each other', () => {
    const pauses = Array.from({ length: 20 }, () => new Backoff(1_000, 1_000).next());
    expect(new Set(pauses).size).toBeGreaterThan(1);
  });

  it('end early at a signal', async () => {
    const stop = new AbortController();
    const pause = new Backoff(60_000, 60_000).pause(stop.signal);
    stop.abort();
    await expect(pause).resolves.toBeUndefined();
  });
});
