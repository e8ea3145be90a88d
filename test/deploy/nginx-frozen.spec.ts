import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FORGIVING, HASTY, Nginx, nginxIsInstalled } from '../support/nginx.js';

/** How often the instance that is frozen was given something. */
let given = 0;
const sockets = new Set<Socket>();
/** Takes connections and requests as the kernel does for a process that is stopped: nothing ever comes back. */
const frozen: Server = createServer({ allowHalfOpen: true }, (socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  socket.on('data', () => given++);
});

let answer: (response: ServerResponse) => void;
const well: HttpServer = createHttpServer((request, response) => {
  request.resume().on('end', () => {
    answer(response);
  });
});

let nginx: Nginx;

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const send = (method: string, path: string, headers: Record<string, string> = {}): Promise<Response> => {
  const body = method === 'GET' ? {} : { body: '{}' };
  return fetch(`${nginx.baseUrl}${path}`, { method, headers, ...body, signal: AbortSignal.timeout(4_000) });
};

/** Sends it until it has gone to the one that is frozen, for either may be asked first. */
async function sendToTheFrozen(...request: Parameters<typeof send>): Promise<Response> {
  const before = given;
  let response = await send(...request);
  while (given === before) response = await send(...request);
  return response;
}

const where = nginxIsInstalled ? describe : describe.skip;
where('nginx before an instance that is frozen (only where nginx is installed)', () => {
  beforeAll(async () => {
    nginx = await Nginx.start([await portOf(frozen), await portOf(well)], FORGIVING, HASTY);
  });
  beforeEach(() => {
    answer = (response) => response.end('{}');
  });
  afterAll(async () => {
    await nginx.stop();
    for (const socket of sockets) socket.destroy();
    frozen.close();
    well.closeAllConnections();
    well.close();
  });

  it.each([
    ['GET', '/v2/users', 'application/json', {}],
    ['GET', '/v2/user-events', 'application/json', {}],
    ['GET', '/v2/user-events', 'text/event-stream', {}],
    ['PATCH', '/v2/users/a', 'application/json', { 'idempotency-key': 'k' }],
  ])('asks the other in its stead: %s %s as %s', async (method, path, accept, headers) => {
    expect((await sendToTheFrozen(method, path, { accept, ...headers })).status).toBe(200);
  });

  it('says of what may be done twice that nobody knows', async () => {
    const response = await sendToTheFrozen('PATCH', '/v2/users/a');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: '/problems/outcome-unknown', status: 503 });
  });

  it('ends a stream of events that is silent for too long, so that its client comes back', async () => {
    answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n');
    const response = await send('GET', '/v2/user-events', { accept: 'text/event-stream' });
    await expect(response.text()).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  });
});

it('nginx waits everywhere for two comments of a stream of events, and not much longer', () => {
  const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
  const [, keepAlive = ''] = /KEEP_ALIVE_MS = ([\d_]+);/.exec(read('src/users/http/event-streams.ts')) ?? [];
  const keepAliveSeconds = Number(keepAlive.replace('_', '')) / 1000;
  const waits = [...read('deploy/nginx.conf').matchAll(/proxy_read_timeout (\w+);/g)].map(([, time]) => time);
  expect(waits).toEqual([`${2 * keepAliveSeconds}s`]);
});
