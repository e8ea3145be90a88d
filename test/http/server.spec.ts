import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { httpServer } from '../../src/http/server.js';

let fastify: FastifyInstance;

beforeEach(async () => {
  fastify = httpServer(() => undefined, false).getInstance();
  fastify.post('/', () => 'whole');
  await fastify.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => fastify.close());

/** Sends no more than the beginning of a request, and reads until the other side ends. */
async function answerToHalf(request: string): Promise<string> {
  const socket = connect((fastify.server.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text: string) => (answer += text));
  socket.write(request);
  await once(socket, 'close');
  return answer;
}

it('gives a request ten seconds to arrive whole, and its head no more', () => {
  const { requestTimeout, headersTimeout } = fastify.server;
  expect([requestTimeout, headersTimeout]).toEqual([10_000, 10_000]);
});
it.each([
  ['body', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{"na'],
  ['head', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-'],
])('sees soon after its time that the %s of a request has not arrived', async (_, request) => {
  Object.assign(fastify.server, { requestTimeout: 500, headersTimeout: 500 });
  const began = performance.now();
  const answer = await answerToHalf(request);
  expect(answer).toMatch(/^HTTP\/1.1 408 [^]*request-timeout/);
  expect(performance.now() - began).toBeLessThan(4_000);
});
