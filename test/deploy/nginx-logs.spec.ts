import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { tidiedAfterEach } from '../support/leftovers.js';
import { eventually } from '../support/load.js';
import { freePort, HASTY, Nginx, nginxIsInstalled } from '../support/nginx.js';

const WORD = 'canary';
const PATHS = [
  `/v2/users/${WORD}@example.com`,
  `/v2/users/${WORD}/history?text=${WORD}`,
  `/v2/users/a%2f${WORD}`,
  `/v2/users?email=${WORD}@example.com`,
  `/v2/api-keys/ul_${WORD}`,
  `/v2/user-events?after=${WORD}`,
  `/v2/user-events/${WORD}`,
  `/invitations/accept?token=${WORD}`,
  `/metrics/${WORD}`,
  `/${WORD}`,
  `//${WORD}/..`,
];
const HEADERS = [
  `Authorization: Bearer ul_${WORD}`,
  `Cookie: session=${WORD}`,
  `Idempotency-Key: ${WORD}`,
  `Referer: http://127.0.0.1/${WORD}`,
  `User-Agent: ${WORD}`,
  `X-Forwarded-For: ${WORD}`,
  // Not as ids are, so that it is not told as it came.
  `X-Request-Id: ${WORD} "${WORD}"`,
];
const request = (method: string, path: string, body = ''): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...HEADERS, `Content-Length: ${body.length}`]
    .join('\r\n')
    .concat('\r\n\r\n', body);

const REQUESTS: readonly string[] = [
  ...PATHS.flatMap((path) => [request('GET', path), request('PATCH', path, `{"name":"${WORD}"}`)]),
  request('POST', '/v2/users', WORD.repeat(4_000)),
  // What nginx refuses by itself.
  `GET /${WORD} HTTP/7.0\r\n\r\n`,
  `GET /${WORD}\0 HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  `${WORD} / HTTP/1.1\r\n\r\n`,
  `GET /${WORD} HTTP/1.1\r\nHost: ${WORD} ${WORD}\r\n\r\n`,
  `GET /${WORD} HTTP/1.1\r\nHost: localhost\r\nX-${WORD}: ${WORD.repeat(10_000)}\r\n\r\n`,
  `GET /${WORD.repeat(10_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
];

const leftovers = tidiedAfterEach(10_000);

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  leftovers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The port of an upstream that answers so. */
function answering(answer: (response: ServerResponse) => void): Promise<number> {
  const server = createHttpServer((asked, response) => {
    asked.resume().on('end', () => {
      answer(response);
    });
  });
  leftovers.push(() => {
    server.closeAllConnections();
  });
  return listening(server);
}

function silent(): Promise<number> {
  const server = createServer((socket) => {
    leftovers.push(() => socket.destroy());
    socket.on('error', () => undefined).resume();
  });
  return listening(server);
}

/** Sends it as it is; resolves once nginx has done with it. */
async function send(nginx: Nginx, text: string): Promise<void> {
  const socket = connect(Number(new URL(nginx.baseUrl).port), '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(text);
  await once(socket, 'close');
}

/** Of those a test starts, no log is read before it is whole: each request has its line. */
async function logsOf(nginx: Nginx, requests: readonly string[]): Promise<string> {
  const before = nginx.log.split('\n').length;
  await Promise.all(requests.map((text) => send(nginx, text)));
  await eventually('each has its line', () => nginx.log.split('\n').length >= before + requests.length);
  return nginx.log + nginx.complaints;
}

const where = nginxIsInstalled ? describe : describe.skip;
where('what nginx logs (only where nginx is installed)', () => {
  it.each([
    ['that answer', () => answering((response) => response.end('{}'))],
    ['that fail', () => answering((response) => response.writeHead(500).end(`{"detail":"${WORD}"}`))],
    ['that break off', () => answering((response) => response.socket?.destroy())],
    ['that answer what is not HTTP', () => answering((response) => response.socket?.end(`${WORD}\r\n\r\n`))],
    ['that are gone', freePort],
    ['that are silent', silent],
  ])('holds nothing that callers of instances %s have sent', async (_, upstream) => {
    const nginx = await Nginx.start([await upstream(), await upstream()], HASTY);
    leftovers.push(() => nginx.stop());
    expect(await logsOf(nginx, REQUESTS)).not.toContain(WORD);
  });

  it('nor where nginx itself is at its limits', async () => {
    const port = await answering((response) => response.end('{}'));
    // Enough for a caller, and none for an upstream: nginx has a worse word for that than for an upstream that is gone.
    const nginx = await Nginx.start([port, port], ['worker_connections 4096', 'worker_connections 3']);
    leftovers.push(() => nginx.stop());
    for (const text of REQUESTS) await logsOf(nginx, [text]);
    expect(nginx.log).toContain(' /v2/users/:user_id 500 ');
    expect(nginx.log + nginx.complaints).not.toContain(WORD);
  });

  it('tells the route, the answer, who gave it and the id', async () => {
    const port = await answering((response) => response.writeHead(404).end());
    const nginx = await Nginx.start([port, port]);
    leftovers.push(() => nginx.stop());
    await fetch(`${nginx.baseUrl}/v2/users/a/history?limit=1`, { headers: { 'x-request-id': 'request-1' } });
    await eventually('it has its line', () => nginx.log.includes('request-1'));
    const line = `GET /v2/users/:user_id/history 404 [\\d.]+ 127.0.0.1:${port} 404 request-1$`;
    expect(nginx.log).toMatch(new RegExp(line, 'm'));
  });
});
