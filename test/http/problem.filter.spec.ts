import { expect, it } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemFilter } from '../../src/http/problem.filter.js';

/** The line of the log about an error that nobody foresaw. */
function lineOf(error: unknown, headers = {}): Record<string, string> {
  const lines: object[] = [];
  const nothing = (): void => undefined;
  const filter = new ProblemFilter({}, { info: nothing, warn: nothing, error: (fields) => lines.push(fields) });
  const reply = { code: () => reply, headers: () => reply, send: nothing };
  const request = { id: 'asked', url: '/v2/users?name=Ada', traceparent: null, headers };
  filter.answer(error, request as unknown as FastifyRequest, reply as unknown as FastifyReply);
  expect(lines.length).toBe(1);
  expect([...filter.counts]).toEqual([['internal-error', 1]]);
  return lines[0] as Record<string, string>;
}

it('says of which request it was, and of which trace', () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  expect(lineOf(new TypeError('x'), { traceparent })).toMatchObject({ requestId: 'asked', traceId: 'a'.repeat(32) });
});
it('says what is wrong with the program, and where', () => {
  const { error } = lineOf(new TypeError("Cannot read properties of undefined (reading 'row')"));
  expect(error).toMatch(/^TypeError: Cannot read properties of undefined \(reading 'row'\)\n {4}at /);
});
it.each([
  ['a parser', () => JSON.parse('{"name": Ada}') as unknown, /^SyntaxError\n {4}at /],
  [
    'a database',
    () => Promise.reject(Object.assign(new Error('Key (name)=(Ada)'), { code: '23505' })),
    /^Error \(23505\)\n/,
  ],
  ['nobody knows whom', () => Promise.reject(new Error('Ada')), /^Error\n {4}at /],
  ['a text', () => 'Ada', /^not an Error$/],
])('does not repeat what %s was given', async (_, fail, expected) => {
  const error = await Promise.resolve()
    .then(fail)
    .catch((thrown: unknown) => thrown);
  const line = lineOf(error);
  expect(line.error).toMatch(expected);
  expect(JSON.stringify(line)).not.toMatch(/Ada/);
});
