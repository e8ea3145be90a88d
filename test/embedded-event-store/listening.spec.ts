import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { Client, credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { listen } from '../../src/embedded-event-store/listening/listen.js';
import { handOver } from '../../src/embedded-event-store/listening/protocol.js';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { collect, event, newStream, withStore } from './with-store.js';

const context = withStore();
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const PING = 'GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

const textOf = async (socket: Socket): Promise<string> => {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
};

describe('a connection', () => {
  it('that comes a byte at a time is understood', async () => {
    const socket = connect({ port: context.store.port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    for (const byte of PING) {
      socket.write(byte);
      await new Promise(setImmediate);
    }
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it.each(['PRI * HTTP/1.0\r\n\r\n', 'PRINT / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00', 'PRI\n\n\n'])(
    'that begins with %j gets an answer in HTTP/1.1, or none',
    async (bytes) => {
      const socket = connect(context.store.port, '127.0.0.1');
      socket.end(bytes);
      expect(await textOf(socket)).toMatch(/^(HTTP\/1\.1 400 Bad Request\r\n.*)?$/s);
    },
  );

  it('that breaks off, wherever it does, harms nobody', async () => {
    const stream = newStream();
    for (const bytes of [
      '',
      'P',
      'PRI * HT',
      PREFACE,
      `${PREFACE}garbage that is no frame at all`,
      'GET /ping',
      PING,
    ]) {
      for (const end of ['destroy', 'resetAndDestroy'] as const) {
        const socket = connect(context.store.port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(bytes, () => socket[end]());
        await once(socket, 'close');
      }
    }
    await context.client.appendToStream(stream, event());
    expect(await collect(context.client.readStream(stream))).toHaveLength(1);
  });

  it('is told by its first bytes, which stay in it', async () => {
    for (const [text, expected] of [
      [PREFACE, 'http2'],
      [PING, 'http1'],
    ] as const) {
      const connection = new PassThrough();
      const taken = new Promise<string>((resolve) => {
        handOver(connection, {
          http1: () => {
            resolve('http1');
          },
          http2: () => {
            resolve('http2');
          },
        });
      });
      connection.write(text.slice(0, 3));
      connection.end(text.slice(3));
      expect(await taken).toBe(expected);
      expect(await textOf(connection as unknown as Socket)).toBe(text);
    }
  });

  it('that stays silent is closed', async () => {
    const connection = new PassThrough();
    const refuse = () => {
      throw new Error('taken over');
    };
    handOver(connection, { http1: refuse, http2: refuse }, 1);
    connection.write('PRI');
    await once(connection, 'close');
    expect(connection.destroyed).toBe(true);
  });
});

it('is never tired of pings', async () => {
  const session = connectHttp2(`http://127.0.0.1:${context.store.port}`);
  await once(session, 'connect');
  for (let sent = 0; sent < 2_000; sent++)
    await new Promise<void>((resolve, reject) => {
      session.ping((error: Error | null) => {
        if (error) reject(error);
        else resolve();
      });
    });
  const stream = session.request({ ':path': '/ping' });
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  expect(headers[':status']).toBe(200);
  session.close();
});

it.each([
  '/event_store.client.streams.Streams/Delete',
  '/event_store.client.persistent_subscriptions.PersistentSubscriptions/Create',
  '/event_store.client.server_features.ServerFeatures/GetSupportedMethods',
  '/event_store.client.gossip.Gossip/Read',
])('takes messages of 16,767,216 bytes at %s, and none without bound', async (path) => {
  const client = new Client(`127.0.0.1:${context.store.port}`, credentials.createInsecure());
  // A field nobody knows, of so many bytes, makes a valid message of any type.
  const sized = (bytes: number): Buffer => {
    const head = Buffer.from([0xfa, 0x3f, 0, 0, 0, 0]);
    const length = bytes - head.length;
    for (let at = 0; at < 4; at++) head[2 + at] = ((length >> (7 * at)) & 0x7f) | (at < 3 ? 0x80 : 0);
    return Buffer.concat([head, Buffer.alloc(length)]);
  };
  const codeOf = async (message: Buffer): Promise<status> =>
    new Promise((resolve) => {
      const asIs = (bytes: Buffer): Buffer => bytes;
      client.makeUnaryRequest(path, asIs, asIs, message, (error: ServiceError | null) => {
        resolve(error?.code ?? status.OK);
      });
    });
  expect(await codeOf(sized(16_767_216))).not.toBe(status.RESOURCE_EXHAUSTED);
  expect(await codeOf(sized(18 * 1_048_576))).toBe(status.RESOURCE_EXHAUSTED);
  client.close();
});

it('calls and questions share one connection', async () => {
  const session = connectHttp2(`http://127.0.0.1:${context.store.port}`);
  const [question, call] = [
    session.request({ ':path': '/health/live' }),
    session.request({
      ':path': '/event_store.client.server_features.ServerFeatures/GetSupportedMethods',
      ':method': 'POST',
      'content-type': 'application/grpc+proto',
      te: 'trailers',
    }),
  ];
  call.end(Buffer.from([0, 0, 0, 0, 0]));
  const [[health], [features]] = (await Promise.all([once(question, 'response'), once(call, 'response')])) as [
    Record<string, unknown>[],
    Record<string, unknown>[],
  ];
  expect([health?.[':status'], features?.[':status']]).toEqual([204, 200]);
  expect(features?.['content-type']).toMatch(/^application\/grpc/);
  session.close();
});

it('stops while connections are open, of whatever kind', async () => {
  const store = await startEmbeddedEventStore();
  const silent = connect(store.port, '127.0.0.1');
  const kept = connect(store.port, '127.0.0.1');
  const session = connectHttp2(`http://127.0.0.1:${store.port}`);
  for (const end of [silent, kept, session]) end.on('error', () => undefined);
  kept.write('GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await Promise.all([once(silent, 'connect'), once(kept, 'data'), once(session, 'connect')]);
  const closed = [silent, kept, session].map((end) => once(end, 'close'));
  expect(await store.stop()).toBe(0);
  await Promise.all(closed);
});

it.each(['::1', 'localhost', '127.0.0.3'])('listens on %s', async (host) => {
  const store = await startEmbeddedEventStore({ more: ['--host', host] });
  const answer = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${store.port}/health/live`);
  expect(answer.status).toBe(204);
  expect(await store.stop()).toBe(0);
});

it('says what is in the way of listening', async () => {
  // An address kept for documentation is of no machine.
  const where = { host: '203.0.113.1', port: 0, tls: undefined };
  await expect(listen(where, () => undefined)).rejects.toMatchObject({
    message: expect.stringMatching(/^cannot listen on 203\.0\.113\.1:0: .*EADDRNOTAVAIL/),
  });
});
