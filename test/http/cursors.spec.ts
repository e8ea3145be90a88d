import { expect, it } from '@jest/globals';
import { Cursors } from '../../src/http/cursors.js';
import { InvalidRequest } from '../../src/http/invalid-request.js';

const cursors = new Cursors(Buffer.alloc(32, 7));
const scope = { accountId: 'a', endpoint: 'users', filters: { email: 'x' } };
const cursor = cursors.seal(scope, ['1', 'ü']);

it('opens what it has sealed', () => {
  expect(cursors.open(scope, cursor)).toEqual(['1', 'ü']);
});
it.each([
  ['another account', { ...scope, accountId: 'b' }],
  ['another endpoint', { ...scope, endpoint: 'audit-events' }],
  ['other filters', { ...scope, filters: { email: 'y' } }],
])('opens none of %s', (_, other) => {
  expect(() => cursors.open(other, cursor)).toThrow(InvalidRequest);
});
it('opens none that was altered anywhere, cut short, or made longer', () => {
  for (let i = 0; i < cursor.length; i++) {
    const altered = cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1);
    expect(() => cursors.open(scope, altered)).toThrow(InvalidRequest);
    expect(() => cursors.open(scope, cursor.slice(0, i))).toThrow(InvalidRequest);
  }
  for (const more of ['.', 'A', '=', ' ']) expect(() => cursors.open(scope, cursor + more)).toThrow(InvalidRequest);
});
it('opens none of another secret', () => {
  expect(() => new Cursors(Buffer.alloc(32, 8)).open(scope, cursor)).toThrow(InvalidRequest);
});
