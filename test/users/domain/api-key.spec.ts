import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatApiKey, hashApiKey, isApiKey, redactApiKey } from '../../../src/users/domain/api-key.js';

const random = fc.uint8Array({ minLength: 20, maxLength: 20 });

it('makes keys that pass their own check, with every bit in them', () => {
  const keys = new Set<string>();
  fc.assert(
    fc.property(random, (bytes) => {
      const key = formatApiKey(bytes);
      keys.add(key);
      expect(key).toMatch(/^ul_[0-9A-Za-z]{33}$/);
      expect(isApiKey(key)).toBe(true);
    }),
  );
  expect(keys.size).toBeGreaterThan(50);
});
it('notices any one character changed', () => {
  fc.assert(
    fc.property(random, fc.integer({ min: 3, max: 35 }), fc.constantFrom('0', 'z'), (bytes, at, digit) => {
      const key = formatApiKey(bytes);
      const changed = key.slice(0, at) + digit + key.slice(at + 1);
      expect(isApiKey(changed)).toBe(changed === key);
    }),
  );
});
it.each(['', 'ul_', 'ul_short', 'xx_000000000000000000000000000000000'])('takes %j for no key', (text) => {
  expect(isApiKey(text)).toBe(false);
});
it('keeps nothing usable', () => {
  const key = formatApiKey(new Uint8Array(20).fill(7));
  expect(hashApiKey(key)).toMatch(/^[0-9a-f]{64}$/);
  expect(redactApiKey(key)).toHaveLength(11);
});
it('takes 20 random bytes and no fewer', () => {
  expect(() => formatApiKey(new Uint8Array(19))).toThrow(RangeError);
});
