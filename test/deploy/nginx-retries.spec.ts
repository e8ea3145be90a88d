import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FORGIVING, freePort, Nginx, nginxIsInstalled } from '../support/nginx.js';

type Answer = (response: ServerResponse, earlier: number) => void;

/** Upstreams that answer as a test tells them to; `given` are the requests that either has had, whole. */
const given: { path: string; id: string }[] = [];
const upstreams: Server[] = [];
let answer: Answer;
let nginx: Nginx;

async function upstream(): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const id = String(request.headers['x-request-id']);
      const earlier = given.filter((each) => each.id === id).length;
      given.push({ path: request.url ?? '', id });
      answer(response, earlier);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstreams.push(server);
  return (server.address() as AddressInfo).port;
}

const breakOffOnce: Answer = (response, earlier) => {
  if (earlier === 0) response.socket?.destroy();
  else response.end('{}');
};

let sent = 0;
/** Sends a request, and tells how many times an upstream was given it. */
async function send(method: string, path: string, headers: Record<string, string> = {}) {
  const id = `request-${++sent}`;
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' };
  const response = await fetch(`${nginx.baseUrl}${path}`, {
    ...{ method, ...body },
    headers: { 'x-request-id': id, ...headers },
  });
  const text = await response.text();
  return { response, text, times: given.filter((each) => each.id === id).length };
}

const KEY = { 'idempotency-key': 'k' };
const UNKNOWN = { type: '/problems/outcome-unknown', status: 503 };

const where = nginxIsInstalled ? describe : describe.skip;
where('nginx before two instances (only where nginx is installed)', () => {
  beforeAll(async () => {
    nginx = await Nginx.start([await upstream(), await upstream()], FORGIVING);
  });
  afterAll(async () => {
    await nginx.stop();
    for (const server of upstreams) {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each([
    ['GET', '/v2/users', {}],
    ['PUT', '/v2/users/a/permissions', {}],
    ['DELETE', '/v2/users/a', {}],
    ['PATCH', '/v2/users/a', KEY],
    ['POST', '/v2/users', KEY],
    ['POST', '/v2/users/a/resend-invitation', KEY],
    ['POST', '/v2/api-keys', KEY],
  ])('asks the other when one breaks off: %s %s %j', async (method, path, headers) => {
    answer = breakOffOnce;
    const { response, times } = await send(method, path, headers);
    expect([response.status, times]).toEqual([200, 2]);
  });

  it.each([
    ['PATCH', '/v2/users/a', {}],
    ['PATCH', '/v2/users/a', { 'idempotency-key': '' }],
    ['POST', '/v2/users', {}],
    ['POST', '/v2/invitations/accept', KEY],
  ])('sends nobody twice what may be done twice: %s %s %j', async (method, path, headers) => {
    answer = breakOffOnce;
    const { response, text, times } = await send(method, path, headers);
    expect([response.status, times]).toEqual([503, 1]);
    expect(JSON.parse(text)).toMatchObject({ ...UNKNOWN, request_id: `request-${sent}` });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it.each([KEY, {}])('says it in the words of the service when both break off: %j', async (headers) => {
    answer = (response) => response.socket?.destroy();
    const { response, text } = await send('PATCH', '/v2/users/a', headers);
    expect(response.status).toBe(503);
    expect(JSON.parse(text)).toMatchObject(UNKNOWN);
  });

  it('hands on a 503 of the service as it is', async () => {
    answer = (response) => response.writeHead(503, { 'retry-after': '7' }).end('{"type":"/problems/overloaded"}');
    const { response, text, times } = await send('GET', '/v2/users');
    expect([response.status, times, text]).toEqual([503, 1, '{"type":"/problems/overloaded"}']);
    expect(response.headers.get('retry-after')).toBe('7');
  });

  it('sends what has not been sent yet to the other, when one is not there', async () => {
    const [there, gone] = [await upstream(), await freePort()];
    const before = await Nginx.start([gone, there]);
    try {
      answer = (response) => response.end('{}');
      for (let i = 0; i < 6; i++) {
        const response = await fetch(`${before.baseUrl}/v2/users/a`, { method: 'PATCH', body: '{}' });
        expect(response.status).toBe(200);
      }
    } finally {
      await before.stop();
    }
  });

  it('takes 16 KiB and no more', async () => {
    answer = (response) => response.end('{}');
    const post = (length: number) => fetch(`${nginx.baseUrl}/v2/users`, { method: 'POST', body: 'x'.repeat(length) });
    expect((await post(16 * 1024)).status).toBe(200);
    const refused = await post(16 * 1024 + 1);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ type: '/problems/content-too-large', status: 413 });
  });

  it('makes an id where the caller has none that can be used', async () => {
    answer = (response) => response.end('{}');
    await send('GET', '/v2/users', { 'x-request-id': 'with "quotes"' });
    expect(given.at(-1)?.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('shows nobody the metrics of an instance', async () => {
    const { response, times } = await send('GET', '/metrics');
    expect([response.status, times]).toEqual([404, 0]);
  });
});
