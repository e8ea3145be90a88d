import { expect, it } from '@jest/globals';
import type { Context } from '../../../src/event-sourcing/fact.js';
import { KeySource } from '../../../src/users/commands/key-source.js';
import { isApiKey } from '../../../src/users/domain/api-key.js';

const source = new KeySource(new Uint8Array(32).fill(1));
const context = (commandId: string, chosen = true): Omit<Context, 'rule'> => ({
  ...{ accountId: 'a', requestId: 'r', ip: null, userAgent: null, commandId },
  actor: { userId: 'u', name: 'n', role: 'member', apiKeyId: 'k' },
  ...(chosen && { commandFingerprint: 'f' }),
});
const ONE = '7d0c0c5e-6f0e-5b0a-9d0b-3c1f6f1c1f11';
const OTHER = '7d0c0c5e-6f0e-5b0a-9d0b-3c1f6f1c1f12';

it('makes the same key again for a command sent again', () => {
  expect(source.next(context(ONE), 'ul_mine')).toEqual(source.next(context(ONE), 'ul_mine'));
});
it('makes another one for another command, another caller’s key, and on another service', () => {
  const keys = [
    source.next(context(ONE), 'ul_mine'),
    source.next(context(OTHER), 'ul_mine'),
    source.next(context(ONE), 'ul_other'),
    new KeySource(new Uint8Array(32).fill(2)).next(context(ONE), 'ul_mine'),
  ].map(({ apiKey }) => apiKey);
  expect(new Set(keys).size).toBe(4);
  expect(keys.filter(isApiKey)).toEqual(keys);
});
it('makes a random one for a command whose id nobody chose, under the id of the command all the same', () => {
  const [one, other] = [1, 2].map(() => source.next(context(ONE, false), 'ul_mine'));
  expect(one?.apiKey).not.toBe(other?.apiKey);
  expect(one?.apiKeyId).toBe(other?.apiKeyId);
});
it('gives ids that are ULIDs, one a command', () => {
  const ids = [ONE, OTHER, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'].map(
    (id) => source.next(context(id), 'ul_mine').apiKeyId,
  );
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
});
