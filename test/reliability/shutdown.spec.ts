import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { ChaosProxy, type Fault } from '../support/chaos-proxy.js';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { tidiedAfterEach } from '../support/leftovers.js';
import { eventually, expectUnbroken, namesIn, randomFrom, readLog, streamOf } from '../support/load.js';
import { hasPostgres, startPostgres } from '../support/postgres-server.mjs';
import { ServiceUnderTest } from '../support/service.js';

const SLOW_MACHINE_MS = 90_000;
const STOP_WITHIN_MS = 10_000;
/** Machines are slow. */
const SLACK_MS = 3_000;

const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'user-ledger-'));

const leftovers = tidiedAfterEach(SLOW_MACHINE_MS);

async function start(options: Parameters<typeof ServiceUnderTest.start>[0] = {}): Promise<ServiceUnderTest> {
  const service = await ServiceUnderTest.start(options);
  leftovers.push(() => service.dispose());
  return service;
}

type Answer = { status: number; body: string };

const update = (service: ServiceUnderTest, agent: Agent | false, headers: Record<string, string> = {}): ClientRequest =>
  request(`${service.baseUrl}/v2/users/${service.admin.user_id}`, {
    method: 'PATCH',
    agent,
    headers: { authorization: `Bearer ${service.admin.api_key}`, 'content-type': 'application/json', ...headers },
  });

/** The whole answer; rejects where it was cut, or there was none. */
const answerOf = (sent: ClientRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
  });

const bodyOf = (name: string): string => JSON.stringify({ name });

async function rawConnection(service: ServiceUnderTest): Promise<Socket> {
  const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  leftovers.push(() => socket.destroy());
  return socket;
}

/** A request whose body never comes whole; resolves once the server has its head. */
async function halfSent(service: ServiceUnderTest): Promise<Socket> {
  const { user_id, api_key } = service.admin;
  const socket = await rawConnection(service);
  const head = [
    `PATCH /v2/users/${user_id} HTTP/1.1`,
    ...['host: localhost', `authorization: Bearer ${api_key}`, 'content-type: application/json'],
    ...['content-length: 100', 'expect: 100-continue'],
  ];
  const answered = once(socket, 'data');
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  expect(String((await answered)[0])).toContain('100 Continue');
  socket.write('{"name": "Ha');
  return socket;
}

/** A connection that has had one answer, and is kept. */
async function idle(service: ServiceUnderTest): Promise<Socket> {
  const socket = await rawConnection(service);
  const answered = once(socket, 'data');
  socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
  expect(String((await answered)[0])).toContain('200 OK');
  return socket;
}

const refusesConnections = (service: ServiceUnderTest): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
    socket.once('error', () => {
      resolve(true);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
  });

async function adminLog(service: ServiceUnderTest) {
  const { eventstore_url, user_id } = service.admin;
  return (await readLog(eventstore_url, [streamOf(user_id)]))[0] ?? [];
}

describe('a stop', () => {
  it(
    'answers every request it has begun to receive, and keeps what it acknowledged',
    async () => {
      const service = await start();
      const names = Array.from({ length: 16 }, () => randomUUID());
      const begun = names.map((name) => {
        const sent = update(service, false, { expect: '100-continue', 'content-length': `${bodyOf(name).length}` });
        sent.flushHeaders();
        return { name, sent, received: once(sent, 'continue'), answer: answerOf(sent) };
      });
      await Promise.all(begun.map(({ received }) => received));
      const stopped = service.stop();
      await eventually('it takes no more connections', () => refusesConnections(service));
      for (const { name, sent } of begun) sent.end(bodyOf(name));
      const answers = await Promise.all(begun.map(({ answer }) => answer));
      expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
      expect(await stopped).toBe(0);
      const kept = names.filter((_, i) => answers[i]?.status === 200);
      const again = await start({ dataDir: service.dataDir });
      const log = await adminLog(again);
      expectUnbroken(log);
      expect(namesIn(log).sort()).toEqual(kept.sort());
    },
    SLOW_MACHINE_MS,
  );

  it(
    'under load cuts no answer, loses no acknowledged change, and does not wait for busy clients to go',
    async () => {
      const service = await start();
      const agent = new Agent({ keepAlive: true });
      leftovers.push(() => {
        agent.destroy();
      });
      const acknowledged: string[] = [];
      const strange: unknown[] = [];
      const client = async (): Promise<void> => {
        for (;;) {
          const name = randomUUID();
          const sent = update(service, agent);
          const answer = answerOf(sent);
          let answering = false as boolean;
          sent.once('response', () => (answering = true));
          sent.end(bodyOf(name));
          try {
            const { status } = await answer;
            if (status === 200) acknowledged.push(name);
            else if (status !== 503) strange.push(status);
          } catch (error) {
            // Refused, or the connection was closed between two requests: nothing of an answer had come.
            if (answering) strange.push(error);
            return;
          }
        }
      };
      const clients = Array.from({ length: 8 }, client);
      await eventually('the load is on', () => acknowledged.length > 20);
      expect(await service.stop()).toBe(0);
      await Promise.all(clients);
      expect(strange).toEqual([]);
      // The clients ask for ever on connections they keep, so only a server that closes those need not cut them.
      expect(service.output.join('\n')).not.toContain('did not finish in time');
      const log = await adminLog(await start({ dataDir: service.dataDir }));
      expectUnbroken(log);
      const stored = new Set(namesIn(log));
      expect(acknowledged.filter((name) => !stored.has(name))).toEqual([]);
    },
    SLOW_MACHINE_MS,
  );

  it(
    'ends in time and in order with half a body and an idle connection open',
    async () => {
      const service = await start();
      await halfSent(service);
      await idle(service);
      const from = performance.now();
      expect(await service.stop()).toBe(0);
      expect(performance.now() - from).toBeLessThan(STOP_WITHIN_MS);
      const log = await adminLog(await start({ dataDir: service.dataDir }));
      expect(namesIn(log)).toEqual([]);
    },
    SLOW_MACHINE_MS,
  );

  const faults: [string, Fault][] = [
    ['gone', 'refuse'],
    ['silent', 'black hole'],
  ];
  it.each(faults)(
    'ends in time with changes under way and a client of the feed, where the event store is %s',
    async (_, fault) => {
      const store = await startEmbeddedEventStore();
      leftovers.push(() => store.stop());
      const proxy = await ChaosProxy.start(store.port, randomFrom(1));
      leftovers.push(() => proxy.stop());
      const service = await start({ env: { EVENTSTORE_URL: `esdb://127.0.0.1:${proxy.port}?tls=false` } });
      const feed = await rawConnection(service);
      const opened = once(feed, 'data');
      feed.write(
        `GET /v2/user-events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\nauthorization: Bearer ${service.admin.api_key}\r\n\r\n`,
      );
      expect(String((await opened)[0])).toContain('200 OK');
      proxy.begin(fault);
      const names = Array.from({ length: 8 }, () => randomUUID());
      const answers = names.map((name) => {
        const sent = update(service, false);
        sent.end(bodyOf(name));
        return answerOf(sent).catch(() => undefined);
      });
      await halfSent(service);
      const from = performance.now();
      const code = await service.stop();
      expect(performance.now() - from).toBeLessThan(STOP_WITHIN_MS + SLACK_MS);
      expect(code).toBe(0);
      expect((await Promise.all(answers)).filter((answer) => answer && answer.status !== 503)).toEqual([]);
    },
    SLOW_MACHINE_MS,
  );

  const onPostgres = hasPostgres() ? it : it.skip;
  onPostgres(
    'ends in time where the database is gone (skipped where there is no PostgreSQL)',
    async () => {
      const postgres = await startPostgres();
      leftovers.push(() => postgres.stop());
      const service = await start({ env: { DATABASE_URL: postgres.url } });
      await postgres.halt('immediate');
      const from = performance.now();
      const code = await service.stop();
      expect({ code, died: service.output.filter((line) => line.includes('Unhandled')) }).toEqual({
        code: 0,
        died: [],
      });
      expect(performance.now() - from).toBeLessThan(STOP_WITHIN_MS + SLACK_MS);
    },
    SLOW_MACHINE_MS,
  );

  it(
    'ends at once when told twice',
    async () => {
      const service = await start();
      await halfSent(service);
      const stopped = service.stop();
      await eventually('it takes no more connections', () => refusesConnections(service));
      const from = performance.now();
      service.process.kill('SIGTERM');
      expect(await stopped).toBe(1);
      expect(performance.now() - from).toBeLessThan(2_000);
      await start({ dataDir: service.dataDir });
    },
    SLOW_MACHINE_MS,
  );
});

type Ended = { code: number | null; stdout: string; stderr: string };

/** Runs the service with exactly these settings, until it ends by itself. */
async function run(env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, [resolve('dist/main.js')], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  leftovers.push(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

function freshSettings(): Record<string, string> {
  const dataDir = newDirectory();
  leftovers.push(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { DATA_DIR: dataDir, PORT: '0', EMBEDDED_EVENTSTORE_PORT: '0', LOG_LEVEL: 'warn' };
}

async function takenPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  leftovers.push(() => server.close());
  return String((server.address() as AddressInfo).port);
}

describe('a start that cannot be says why in one line', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['an unknown setting', { EVENTSTORE_FOO: '1' }, /EVENTSTORE_FOO/],
    [
      'settings that contradict each other',
      { EVENTSTORE_URL: 'esdb://127.0.0.1:2113?tls=false' },
      /EVENTSTORE_URL and EMBEDDED_EVENTSTORE_PORT/,
    ],
    ['a port out of range', { PORT: '65536' }, /PORT/],
    ['a port that is no number', { PORT: '80a' }, /PORT/],
    ['an embedded port that is no number', { EMBEDDED_EVENTSTORE_PORT: '-1' }, /EMBEDDED_EVENTSTORE_PORT/],
    ['a connection string of another kind', { EVENTSTORE_URL: 'http://x', EMBEDDED_EVENTSTORE_PORT: '' }, /esdb/],
    ['a log level that is none', { LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
    ['an address that is none', { BOOTSTRAP_ADMIN_EMAIL: 'nobody' }, /BOOTSTRAP_ADMIN_EMAIL/],
  ])('%s', async (_, env, reason) => {
    const { code, stdout, stderr } = await run({ ...freshSettings(), ...env });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^user-ledger: .+\n$/);
    expect(stderr).toMatch(reason);
  });

  it('a port in use', async () => {
    const port = await takenPort();
    const { code, stderr } = await run({ ...freshSettings(), PORT: port });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^user-ledger: .+\n$/)]);
    expect(stderr).toContain(port);
  });

  it("a port in use, the embedded store's", async () => {
    const port = await takenPort();
    const { code, stderr } = await run({ ...freshSettings(), EMBEDDED_EVENTSTORE_PORT: port });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^.+\n$/)]);
    expect(stderr).toContain(port);
  });

  it(
    'a data directory in use',
    async () => {
      const { dataDir, baseUrl } = await start();
      const { code, stderr } = await run({ ...freshSettings(), DATA_DIR: dataDir });
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^user-ledger: .+\n$/)]);
      expect(stderr).toContain(`${dataDir} is in use`);
      expect((await fetch(`${baseUrl}/health/ready`)).status).toBe(200);
    },
    SLOW_MACHINE_MS,
  );
});

describe('the initial admin', () => {
  it(
    'is kept in a file for its owner alone, and shown no second time',
    async () => {
      const first = await start({ env: { LOG_LEVEL: 'debug' } });
      const file = join(first.dataDir, 'initial-admin.json');
      const { admin } = first;
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(Object.keys(admin).sort()).toEqual(
        ['account_id', 'user_id', 'email', 'api_key', 'base_url', 'eventstore_url'].sort(),
      );
      await eventually('the key is shown', () => first.output.some((line) => line.includes(admin.api_key)));
      expect((await first.update(admin.user_id, { name: 'Ada' })).status).toBe(200);
      expect(await first.stop()).toBe(0);

      const later = await start({ dataDir: first.dataDir, env: { LOG_LEVEL: 'debug' } });
      expect(later.admin).toEqual({
        ...admin,
        base_url: later.baseUrl,
        eventstore_url: later.admin.eventstore_url,
      });
      expect((await later.update(admin.user_id, { name: 'Grace' })).status).toBe(200);
      expect(await later.stop()).toBe(0);
      expect(later.output.join('\n')).not.toContain(admin.api_key);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    },
    SLOW_MACHINE_MS,
  );

  /** Ends the first start when `moment` comes, then lets another one finish. */
  async function startTwice(moment: (dataDir: string) => Promise<void>): Promise<ServiceUnderTest> {
    const dataDir = newDirectory();
    const child = spawn(process.execPath, [resolve('dist/main.js')], {
      env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', EMBEDDED_EVENTSTORE_PORT: '0' },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    await moment(dataDir);
    child.kill('SIGKILL');
    await exited;
    return start({ dataDir });
  }

  async function expectOneAdmin(service: ServiceUnderTest): Promise<void> {
    const client = EventStoreDBClient.connectionString(service.admin.eventstore_url);
    const types: string[] = [];
    for await (const { event } of client.readAll()) if (event && !event.type.startsWith('$')) types.push(event.type);
    await client.dispose();
    expect(types.sort()).toEqual(['AccountOpened', 'ApiKeyIssued', 'EmailClaimed', 'UserAdded']);
    expect((await service.update(service.admin.user_id, { name: randomUUID() })).status).toBe(200);
    const stored = JSON.parse(readFileSync(join(service.dataDir, 'initial-admin.json'), 'utf8')) as object;
    expect(Object.keys(stored)).toHaveLength(6);
  }

  it.each<[string, number]>([
    ['eventstore', Math.random() * 300],
    ['read-model.sqlite', Math.random() * 300],
    ['initial-admin.json', 0],
    ['initial-admin.json', 5 + Math.random() * 10],
    ['initial-admin.json', 15 + Math.random() * 15],
    ['initial-admin.json', 30 + Math.random() * 70],
  ])(
    'is one, and works, when the first start was killed once it had made %s, %f ms later',
    async (file, ms) => {
      const moment = async (dataDir: string): Promise<void> => {
        await eventually(`${file} is there`, () => existsSync(join(dataDir, file)), 30_000);
        if (ms > 0) await pause(ms);
      };
      await expectOneAdmin(await startTwice(moment));
    },
    SLOW_MACHINE_MS,
  );

  it(
    'is one, and works, when the first start was killed while its store was starting',
    async () => {
      const moment = async (dataDir: string): Promise<void> => {
        await eventually('the lock is there', () => existsSync(join(dataDir, 'lock')), 30_000);
        await pause(Math.random() * 300);
      };
      await expectOneAdmin(await startTwice(moment));
    },
    SLOW_MACHINE_MS,
  );
});
