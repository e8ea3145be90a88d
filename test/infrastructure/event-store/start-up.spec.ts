import grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { NO_STREAM } from '../../../src/event-sourcing/fact.js';
import { connectEventStore, type EventStoreDb } from '../../../src/infrastructure/event-store/event-store-db.js';
import { script } from '../../support/scripted-calls.js';
import { ScriptedEventStore } from '../../support/scripted-event-store.js';
import { catalogue, upcasters } from './examples.js';
import { impatient, renamed } from './fixtures.js';

const LONG_MS = 20_000;
const leftovers: (() => unknown)[] = [];
let warnings: string[] = [];

afterEach(async () => {
  for (const tidy of leftovers.splice(0).reverse()) await tidy();
  warnings = [];
});

async function startServer(options: Parameters<typeof ScriptedEventStore.start>[0] = {}): Promise<ScriptedEventStore> {
  const server = await ScriptedEventStore.start(options);
  leftovers.push(() => {
    server.stop();
  });
  return server;
}

function connect(url: string): EventStoreDb {
  const ignored = (): void => undefined;
  const warn = (fields: object): void => void warnings.push(JSON.stringify(fields));
  const logger = { info: ignored, warn, error: ignored };
  const store = connectEventStore({ url, catalogue, upcasters, logger, timings: impatient });
  leftovers.push(() => store.close());
  return store;
}

async function deadPort(): Promise<number> {
  const gone = await ScriptedEventStore.start();
  gone.stop();
  return gone.port;
}

const works = async (store: EventStoreDb): Promise<void> => {
  await store.ready(LONG_MS);
  expect(await store.append('user-1', NO_STREAM, [renamed()])).toMatchObject({ revision: 0n });
  expect(await store.head()).toBe(100n);
};

describe('an event store that will not have us', () => {
  const certificate = async (): Promise<grpc.ServerCredentials> => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
    return grpc.ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }]);
  };
  it.each<[string, () => Promise<string>, RegExp]>([
    [
      'it refuses the password, whatever is asked',
      async () => {
        const server = await startServer();
        server.onProbe.push(...Array.from({ length: 99 }, () => script.probe.fail(grpc.status.UNAUTHENTICATED)));
        return `esdb://admin:hidden@127.0.0.1:${server.port}?tls=false`;
      },
      /refuses the user name and password/,
    ],
    [
      'it refuses the password once something is read',
      async () => {
        const server = await startServer();
        server.onRead.push(script.call.fail(grpc.status.UNAUTHENTICATED));
        return `esdb://admin:hidden@127.0.0.1:${server.port}?tls=false`;
      },
      /refuses the user name and password/,
    ],
    [
      'its certificate is not trusted',
      async () => `esdb://admin:hidden@127.0.0.1:${(await startServer({ credentials: await certificate() })).port}`,
      /certificate .* is not trusted: name its authority by tlsCAFile/,
    ],
    ['it speaks no TLS', async () => `esdb://127.0.0.1:${(await startServer()).port}`, /does not speak TLS/],
  ])('is not waited for: %s', async (_, start, reason) => {
    const store = connect(await start());
    await expect(store.ready(LONG_MS)).rejects.toMatchObject({
      code: 'event-store-unavailable',
      message: expect.stringMatching(reason),
    });
    await store.close();
    expect(warnings.length).toBeLessThan(3);
    expect(warnings.join()).not.toContain('hidden');
  });
});

describe('a cluster', () => {
  it('is found where some of its nodes are dead', async () => {
    const server = await startServer();
    const hosts = [await deadPort(), server.port, await deadPort()].map((port) => `127.0.0.1:${port}`);
    await works(connect(`esdb://${hosts.join(',')}?tls=false`));
  });

  it('is found by the name of one address', async () => {
    const server = await startServer();
    await works(connect(`esdb+discover://127.0.0.1:${server.port}?tls=false`));
  });

  it('is found once it is there, for appends and reads alike', async () => {
    const port = await deadPort();
    const store = connect(`esdb+discover://127.0.0.1:${port}?tls=false&maxDiscoverAttempts=2`);
    await expect(store.head()).rejects.toMatchObject({ code: 'event-store-unavailable' });
    await expect(store.ready(100)).rejects.toMatchObject({ code: 'event-store-unavailable' });
    await startServer({ port });
    await works(store);
  });
});
