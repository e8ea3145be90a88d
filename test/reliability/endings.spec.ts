import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { tidiedAfterEach } from '../support/leftovers.js';
import { eventually } from '../support/load.js';
import { MailServer } from '../support/mail-server.js';
import { newUser, post } from '../support/new-user.js';
import { ServiceUnderTest } from '../support/service.js';

const STOP_WITHIN_MS = 10_000;
/** Machines are slow. */
const SLACK_MS = 3_000;
const SLOW_MACHINE_MS = 60_000;

const leftovers = tidiedAfterEach(SLOW_MACHINE_MS);

async function start(options: Parameters<typeof ServiceUnderTest.start>[0] = {}): Promise<ServiceUnderTest> {
  const service = await ServiceUnderTest.start(options);
  leftovers.push(() => service.dispose());
  return service;
}

/** Takes connections, and says nothing. */
async function silentServer(): Promise<{ port: number; connections: () => number; end: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const end = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server.close(), 'close');
  };
  leftovers.push(end);
  return { port: (server.address() as AddressInfo).port, connections: () => sockets.size, end };
}

const takesConnections = (service: ServiceUnderTest): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
    socket.once('error', () => {
      resolve(false);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

describe('a stop while the mail server is silent', () => {
  it(
    'takes no more requests at once, ends in time, and keeps the letter for the next start',
    async () => {
      const silent = await silentServer();
      const service = await start({ env: { SMTP_URL: `smtp://127.0.0.1:${silent.port}` } });
      const invited = newUser({ invite_mode: 'email_link' });
      expect((await post(service, '/v2/users', invited)).status).toBe(201);
      await eventually('a letter is under way', () => silent.connections() > 0);
      const from = performance.now();
      const stopped = service.stop();
      await eventually('it takes no more requests', async () => !(await takesConnections(service)), 2_000);
      expect(await stopped).toBe(0);
      expect(performance.now() - from).toBeLessThan(STOP_WITHIN_MS);
      await silent.end();
      const mails = await MailServer.start(silent.port);
      leftovers.push(() => mails.stop());
      await start({ dataDir: service.dataDir, env: { SMTP_URL: mails.url } });
      expect(await mails.to(invited.email)).toHaveLength(1);
    },
    SLOW_MACHINE_MS,
  );
});

/** Makes a process break, one way or another, when it gets a signal: nothing of ours is supposed to. */
const broken = (how: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${how} })`)}`,
});

describe('a fault that nobody catches', () => {
  it.each([
    ['a promise', `void Promise.reject(new Error('broken promise'))`, /broken promise/],
    ['a callback', `throw new Error('broken callback')`, /broken callback/],
  ])(
    'in %s is logged as JSON, and ends the process with 1 once what is under way is answered',
    async (_, how, fault) => {
      const service = await start({ env: broken(how) });
      const { user_id, api_key } = service.admin;
      const sent = request(`${service.baseUrl}/v2/users/${user_id}`, {
        method: 'PATCH',
        agent: false,
        headers: { authorization: `Bearer ${api_key}`, 'content-type': 'application/json', expect: '100-continue' },
      });
      sent.flushHeaders();
      await once(sent, 'continue');
      const [answered, exited] = [once(sent, 'response'), once(service.process, 'exit')];
      service.process.kill('SIGUSR2');
      const line = JSON.parse(await service.printed(/nobody has caught/)) as { level: number; fault: string };
      expect(line).toMatchObject({ level: 60, fault: expect.stringMatching(fault) });
      await eventually('it takes no more requests', async () => !(await takesConnections(service)));
      sent.end('{"name":"Ada"}');
      const [answer] = (await answered) as [IncomingMessage];
      expect(answer.statusCode).toBe(200);
      answer.resume();
      const from = performance.now();
      expect((await exited)[0]).toBe(1);
      expect(performance.now() - from).toBeLessThan(STOP_WITHIN_MS + SLACK_MS);
      const after = service.output.slice(service.output.findIndex((each) => each.includes('nobody has caught')));
      expect(after.filter((each) => !each.startsWith('{'))).toEqual([]);
    },
    SLOW_MACHINE_MS,
  );

  it(
    'while stopping changes nothing but that it is said',
    async () => {
      const service = await start({ env: broken(`throw new Error('broken')`) });
      const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
      leftovers.push(() => socket.destroy());
      socket.on('error', () => undefined);
      socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n');
      await once(socket, 'connect');
      const stopped = service.stop();
      await eventually('it takes no more requests', async () => !(await takesConnections(service)));
      service.process.kill('SIGUSR2');
      await service.printed(/nobody has caught/);
      await pause(0);
      socket.write('\r\n');
      expect(await stopped).toBe(0);
    },
    SLOW_MACHINE_MS,
  );
});

it(
  'what the framework says is a line of JSON, too',
  async () => {
    const nest = pathToFileURL(createRequire(import.meta.url).resolve('@nestjs/common')).href;
    const says = `import('${nest}').then(({ Logger }) => { new Logger('Router').error('nest is broken', 'a stack') })`;
    const service = await start({ env: broken(says) });
    service.process.kill('SIGUSR2');
    const line = await service.printed(/nest is broken/);
    expect(JSON.parse(line)).toMatchObject({ level: 50, fault: 'nest is broken', more: ['a stack', 'Router'] });
  },
  SLOW_MACHINE_MS,
);
