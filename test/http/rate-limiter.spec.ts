import { beforeEach, describe, expect, it } from '@jest/globals';
import { RateLimited, RateLimiter } from '../../src/http/rate-limiter.js';

let now: number;
let limiter: RateLimiter;
beforeEach(() => {
  now = 1_000_000;
  limiter = new RateLimiter('per-key', 60, () => now);
});

/** How many of so many at once are allowed. */
function allowed(count: number, whom = 'a'): number {
  let taken = 0;
  for (let i = 0; i < count; i++)
    try {
      limiter.take(whom);
      taken++;
    } catch (error) {
      expect(error).toBeInstanceOf(RateLimited);
    }
  return taken;
}

it('lets all of a minute come at once, and no more', () => {
  expect([allowed(100), allowed(1)]).toEqual([60, 0]);
});
it('holds the rate, however it is spread', () => {
  allowed(60);
  let taken = 0;
  for (let tick = 0; tick < 600; tick++) {
    now += 100;
    taken += allowed(3);
  }
  expect(taken).toBe(60);
});
it('saves up no more than a minute of it', () => {
  allowed(60);
  now += 3_600_000;
  expect(allowed(100)).toBe(60);
});
it('is one’s own', () => {
  allowed(60, 'a');
  expect(allowed(60, 'b')).toBe(60);
});
it('costs nothing to be refused', () => {
  allowed(1_000);
  now += 1_000;
  expect(allowed(1_000)).toBe(1);
});
it('takes back what is not to count, and no more than there was', () => {
  limiter.take('a');
  limiter.giveBack('a');
  limiter.giveBack('a');
  expect(allowed(100)).toBe(60);
});

describe('headers', () => {
  it('tell the policy, what is left, and when all of it is there again', () => {
    expect(limiter.headers('a')).toEqual({
      'ratelimit-policy': '"per-key";q=60;w=60',
      ratelimit: '"per-key";r=60;t=0',
    });
    allowed(10);
    now += 2_500;
    expect(limiter.headers('a').ratelimit).toBe('"per-key";r=52;t=8');
  });
  it('of a refusal tell when there is room, and there is', () => {
    const slow = new RateLimiter('slow', 4, () => now);
    for (let i = 0; i < 4; i++) slow.take('a');
    now += 1_000;
    expect(() => {
      slow.take('a');
    }).toThrow(
      expect.objectContaining({
        headers: { 'retry-after': '14', 'ratelimit-policy': '"slow";q=4;w=60', ratelimit: '"slow";r=0;t=59' },
      }),
    );
    now += 14_000;
    slow.take('a');
    expect(slow.headers('a').ratelimit).toBe('"slow";r=0;t=60');
  });
});

it('forgets some of very many, who are none the worse for it', () => {
  allowed(60, 'first');
  for (let i = 0; i < 60_000; i++) limiter.take(`${i}`);
  expect(allowed(61, 'first')).toBe(60);
  expect(allowed(61, '59999')).toBe(59);
});
