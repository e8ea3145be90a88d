import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { answerTo } from '../../src/embedded-event-store/listening/endpoints.js';
import { NodeDescription } from '../../src/embedded-event-store/listening/node.js';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';
import { PASSWORD, USER, withSecureStore } from './with-secure-store.js';
import { event, events, newStream } from './with-store.js';

const secure = withSecureStore();
const plain = {} as { store: EmbeddedEventStore };
beforeAll(async () => {
  plain.store = await startEmbeddedEventStore();
});
afterAll(async () => {
  await plain.store.stop();
});

type Answer = { readonly status: number; readonly headers: Record<string, unknown>; readonly body: string };
type Asking = (path: string, method?: string, headers?: Record<string, string>) => Promise<Answer>;

const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
};

const overHttp1 =
  (send: typeof httpRequest, port: () => number, ca: () => Buffer | undefined): Asking =>
  async (path, method = 'GET', headers = {}) => {
    const sent = send({ host: 'localhost', port: port(), path, method, headers, agent: false, ...{ ca: ca() } });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, headers: response.headers, body: await textOf(response) };
  };

const overHttp2 =
  (origin: () => string, ca: () => Buffer | undefined): Asking =>
  async (path, method = 'GET', headers = {}) => {
    const session = connectHttp2(origin(), { ca: ca() });
    const stream = session.request({ ':path': path, ':method': method, ...headers });
    const [got] = (await once(stream, 'response')) as [Record<string, unknown>];
    const body = await textOf(stream);
    session.close();
    return { status: Number(got[':status']), headers: got, body };
  };

const plainPort = () => plain.store.port;
const securePort = () => secure.store.port;
const ADMIN = { authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}` };
const nothing = () => undefined;
const pem = () => secure.certificate.pem;

describe.each<[string, Asking, () => number, Record<string, string>]>([
  ['HTTP/1.1', overHttp1(httpRequest, plainPort, nothing), plainPort, {}],
  ['HTTP/2', overHttp2(() => `http://localhost:${plainPort()}`, nothing), plainPort, {}],
  ['HTTP/1.1 and TLS', overHttp1(httpsRequest, securePort, pem), securePort, ADMIN],
  ['HTTP/2 and TLS', overHttp2(() => `https://localhost:${securePort()}`, pem), securePort, ADMIN],
])('over %s', (_, ask, port, admin) => {
  const json = async (path: string): Promise<unknown> => {
    const { status, headers, body } = await ask(path, 'GET', admin);
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    return JSON.parse(body);
  };
  const isSecure = Object.keys(admin).length > 0;

  it('/health/live is 204, without a body', async () => {
    expect(await ask('/health/live')).toMatchObject({ status: 204, body: '' });
    expect(await ask('/health/live', 'HEAD')).toMatchObject({ status: 204, body: '' });
  });
  it('/ping says that it was heard', async () => {
    expect(await json('/ping?x=1')).toEqual({
      msgTypeId: expect.any(Number),
      text: 'Ping request successfully handled',
    });
  });
  it('/info says which version it is like, and that it leads', async () => {
    expect(await json('/info')).toEqual({
      esVersion: '23.10.1.0',
      state: 'leader',
      features: { projections: false, userManagement: false, atomPub: false },
      authentication: { type: isSecure ? 'internal' : 'insecure', properties: {} },
    });
  });
  it('/gossip tells of one leader, where it was asked', async () => {
    const here = { httpEndPointIp: 'localhost', httpEndPointPort: port() };
    expect(await json('/gossip')).toEqual({
      members: [expect.objectContaining({ ...here, state: 'Leader', isAlive: true, esVersion: '23.10.1' })],
      serverIp: 'localhost',
      serverPort: port(),
    });
  });
  it('/stats counts', async () => {
    expect(await json('/stats')).toEqual({
      proc: {
        startTime: expect.stringMatching(/^\d{4}-.*Z$/),
        id: expect.any(Number),
        mem: expect.any(Number),
        cpu: expect.any(Number),
        tcp: { connections: expect.any(Number) },
      },
      sys: expect.objectContaining({ freeMem: expect.any(Number), totalMem: expect.any(Number) }),
      es: expect.objectContaining({ events: expect.any(Number), streams: expect.any(Number) }),
    });
  });
  it('HEAD is GET without the body', async () => {
    expect(await ask('/info', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });
  it.each(['/', '/nowhere', '/toString', '/health', '/info/', '//ping'])('%s is 404', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: '' });
  });
  it.each(['POST', 'DELETE'])('%s is 405, and says what is allowed', async (method) => {
    const { status, headers } = await ask('/health/live', method);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

describe('with a user', () => {
  const ask = overHttp1(httpsRequest, securePort, pem);
  it.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['an impostor', { authorization: `Basic ${Buffer.from(`${USER}:wrong`).toString('base64')}` }],
  ])('%s sees no /stats, but all else', async (_, headers) => {
    const { status, headers: got } = await ask('/stats', 'GET', headers);
    expect([status, got['www-authenticate']]).toEqual([401, 'Basic realm="ES"']);
    for (const path of ['/ping', '/info', '/gossip']) expect((await ask(path, 'GET', headers)).status).toBe(200);
  });
});

it('counts events and streams as they come', async () => {
  const ask = overHttp1(httpRequest, plainPort, nothing);
  const counts = async () => (JSON.parse((await ask('/stats')).body) as { es: Record<string, number> }).es;
  const client = EventStoreDBClient.connectionString(plain.store.url);
  const before = await counts();
  const stream = newStream();
  await client.appendToStream(stream, events(3));
  await client.appendToStream(newStream(), event());
  const between = await counts();
  await client.appendToStream(stream, event());
  const after = await counts();
  await client.dispose();
  const grown = (key: string, from: Record<string, number>, to: Record<string, number>) =>
    (to[key] ?? 0) - (from[key] ?? 0);
  expect([grown('events', before, between), grown('streams', before, between)]).toEqual([4, 2]);
  expect([grown('events', between, after), grown('streams', between, after)]).toEqual([1, 0]);
  expect(after.checksum).toBe(after.events);
});

it('is not healthy once it takes no more appends', () => {
  const node = new NodeDescription(() => ({ lastPosition: 0, streams: 0, connections: 0 }), false);
  const request = { method: 'GET', path: '/health/live', authority: '', authorization: undefined };
  const listensAt = () => ({ address: 'localhost', port: 1 });
  const answer = answerTo(request, { node, identify: () => 'admin', listensAt, isHealthy: () => false });
  expect(answer).toMatchObject({ status: 503, body: '' });
});
