import { randomUUID } from 'node:crypto';
import { createServer, type ServerHttp2Session, type Settings } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { letGo, openClient, probe } from '../../../src/infrastructure/event-store/client.js';
import { script } from '../../support/scripted-calls.js';
import { ScriptedEventStore } from '../../support/scripted-event-store.js';

let server: ScriptedEventStore;
beforeEach(async () => {
  server = await ScriptedEventStore.start();
});
afterEach(() => {
  server.stop();
});

const append = (client: ReturnType<typeof openClient>) =>
  client.appendToStream('user-1', jsonEvent({ id: randomUUID(), type: 'Renamed', data: {} }));

describe('a client', () => {
  it('that was let go of sends nothing any more', async () => {
    const client = openClient(server.url);
    await probe(client, 1_000);
    await append(client);
    await letGo(client);
    await expect(append(client)).rejects.toThrow('shut down');
    expect(server.appends).toHaveLength(1);
  });

  it('is let go of in bounded time, though the server ended its call with OK', async () => {
    const client = openClient(server.url);
    server.onAppend.push(script.append.endOk);
    append(client).catch(() => undefined); // stays pending for ever
    await server.until(() => server.appends.length === 1);
    // A round trip on the same connection: the end of the call has arrived before its answer.
    await client.getStreamMetadata('user-1');
    await expect(letGo(client)).resolves.toBeUndefined();
  });

  it('whose probe gets no answer says so in time', async () => {
    const client = openClient(server.url);
    server.onProbe.push(script.silence);
    await expect(probe(client, 50)).rejects.toThrow('does not answer');
    await letGo(client);
  });

  it('lets the store send far more than the window HTTP/2 begins with', async () => {
    const windows: (number | undefined)[] = [];
    const plain = createServer();
    const sessions: ServerHttp2Session[] = [];
    const settled = new Promise<void>((resolve) => {
      plain.on('session', (session) => {
        sessions.push(session);
        session.on('remoteSettings', ({ initialWindowSize }: Settings) => {
          windows.push(initialWindowSize);
          resolve();
        });
      });
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const client = openClient(`esdb://127.0.0.1:${port}?tls=false`);
    probe(client, 5_000).catch(() => undefined);
    await settled;
    expect(windows).toEqual([4 * 1024 * 1024]);
    await letGo(client);
    await new Promise((resolve) => {
      plain.close(resolve);
      for (const session of sessions) session.destroy();
    });
  });
});
