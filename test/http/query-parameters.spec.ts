import { describe, expect, it } from '@jest/globals';
import { InvalidRequest } from '../../src/http/invalid-request.js';
import { boolean, oneOf, QueryParameters, text, time } from '../../src/http/query-parameters.js';

const faults = (read: (parameters: QueryParameters) => void, query: Record<string, unknown>) => {
  const parameters = new QueryParameters(query);
  read(parameters);
  try {
    parameters.check();
    return [];
  } catch (error) {
    return error instanceof InvalidRequest ? error.errors.map(({ field }) => field) : [error];
  }
};

describe('times', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.6789Z', '2026-01-02T03:04:05.678Z'],
    ['2026-01-02T05:04:05+02:00', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T05:04:05 02:00', '2026-01-02T03:04:05.000Z'], // a plus that was not percent-encoded
  ])('%s is %s', (given, meant) => {
    expect(time(given)).toBe(meant);
  });
  it.each([
    '',
    'now',
    '2026-01-02',
    '2026-01-02 03:04:05',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '1767323045',
  ])('%p is none', (given) => {
    expect(() => time(given)).toThrow(InvalidRequest);
  });
});

it('reads what is there, once or several times', () => {
  const parameters = new QueryParameters({ a: 'x', b: ['y', 'z'], c: 'true' });
  expect([parameters.one('a', text), parameters.list('b', text), parameters.one('c', boolean)]).toEqual([
    'x',
    ['y', 'z'],
    true,
  ]);
  expect([parameters.one('d', text), parameters.list('d', text), parameters.limit()]).toEqual([
    undefined,
    undefined,
    50,
  ]);
  expect(() => {
    parameters.check();
  }).not.toThrow();
});
it.each<[string, (parameters: QueryParameters) => void, Record<string, unknown>, string[]]>([
  ['nobody asked for', () => undefined, { odd: '1' }, ['odd']],
  ['repeated where one is meant', (it) => it.one('a', text), { a: ['x', 'y'] }, ['a']],
  ['repeated too often', (it) => it.list('a', text), { a: Array.from({ length: 21 }, () => 'x') }, ['a']],
  ['too long', (it) => it.one('a', text), { a: 'x'.repeat(513) }, ['a']],
  ['no boolean', (it) => it.one('a', boolean), { a: '1' }, ['a']],
  ['none of the words', (it) => it.one('a', oneOf('x', 'y')), { a: 'z' }, ['a']],
  ['out of range', (it) => it.limit(), { limit: '0' }, ['limit']],
  ['wrong in two places', (it) => [it.limit(), it.one('a', boolean)], { limit: '1.5', a: 'no' }, ['limit', 'a']],
])('refuses a parameter %s', (_, read, query, fields) => {
  expect(faults(read, query)).toEqual(fields);
});
