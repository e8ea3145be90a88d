import { rmSync } from 'node:fs';
import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { formatApiKey } from '../../src/users/domain/api-key.js';
import { type EmbeddedEventStore, newDirectory, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { tidiedAfterEach } from '../support/leftovers.js';
import { addUsers, eventually, randomFrom } from '../support/load.js';
import { newUser, post } from '../support/new-user.js';
import { Program } from '../support/program.js';
import { hasPostgres, startPostgres } from '../support/postgres-server.mjs';
import { ServiceUnderTest } from '../support/service.js';
import { noSmallDisk, smallDisk } from '../support/small-disk.js';
import { Witness } from '../support/witness.js';

/** The long form: npm run test:outages. */
const LONG = process.env.OUTAGES_RESTARTS !== undefined;
const RESTARTS = Number(process.env.OUTAGES_RESTARTS ?? 5);
const SEED = Number(process.env.OUTAGES_SEED ?? randomInt(2 ** 31));
const DOWN_MS = LONG ? 60_000 : 0;
/** From when what was gone answers again, without a restart. */
const RECOVERS_WITHIN_MS = 5_000;
/** The store looks only so often whether there is room on a disk that was full. */
const ROOM_SEEN_WITHIN_MS = 10_000;
const SLOW_MACHINE_MS = 90_000;
const COMMANDS_PER_RESTART = 30;

const leftovers = tidiedAfterEach(SLOW_MACHINE_MS);

async function startStore(options: { dir?: string; port?: number } = {}): Promise<EmbeddedEventStore> {
  const store = await startEmbeddedEventStore(options);
  leftovers.push(async () => {
    await store.stop();
    if (options.dir === undefined) rmSync(store.dir, { recursive: true, force: true });
  });
  return store;
}

async function startService(env: Readonly<Record<string, string>>): Promise<ServiceUnderTest> {
  const service = await ServiceUnderTest.start({ env, server: undefined });
  leftovers.push(() => service.dispose());
  return service;
}

type Told = Readonly<{ status: number; type: unknown; retryAfter: string | null }>;

async function told(answer: Response): Promise<Told> {
  const { type } = (await answer.json()) as { type?: unknown };
  return { status: answer.status, type, retryAfter: answer.headers.get('retry-after') };
}

const rename = async (service: ServiceUnderTest, name: string, headers: Record<string, string> = {}): Promise<Told> =>
  told(await service.update(service.admin.user_id, { name }, { headers }));
const statusOf = async (service: ServiceUnderTest, path: string): Promise<number> =>
  (await service.request(path)).status;

const reads = (service: ServiceUnderTest): string[] => {
  const path = `/v2/users/${service.admin.user_id}`;
  return [path, '/v2/users', '/v2/user-events'];
};
/**
 * Reading the trail is itself an event of the trail (`AuditTrailRead`), stored before anything is shown: while none can be
 * stored the trail is refused, though the read model has it. Users and lists of them are read without leaving a trace.
 */
const noted = (service: ServiceUnderTest): string[] => [
  `/v2/users/${service.admin.user_id}/history`,
  '/v2/audit-events',
];

/** By itself: the process is the one that was there before. */
async function expectRecovered(
  service: ServiceUnderTest,
  from: number,
  what: string,
  withinMs = RECOVERS_WITHIN_MS,
): Promise<void> {
  const works = async () => (await rename(service, 'Ada')).status === 200;
  await eventually('a change is acknowledged again', works, withinMs);
  const written = Math.round(performance.now() - from);
  const ready = async () => (await statusOf(service, '/health/ready')) === 200;
  await eventually('it is ready again', ready, withinMs);
  const all = Math.round(performance.now() - from);
  process.stdout.write(`${what}: writes after ${written} ms, ready after ${all} ms\n`);
  expect(all).toBeLessThan(withinMs);
  expect(await Promise.all(noted(service).map((path) => statusOf(service, path)))).toEqual([200, 200]);
  expect(service.process.exitCode).toBeNull();
}

describe('the event store', () => {
  it(
    'may be gone: users are read on, changes and the audit trail are refused, and all is well when it is back',
    async () => {
      const store = await startStore();
      const service = await startService({ EVENTSTORE_URL: store.url });
      expect((await rename(service, 'Grace')).status).toBe(200);
      await store.kill();
      const since = performance.now();
      const kinds: string[] = [];
      const [read, ready, live] = [new Set(), new Set(), new Set()];
      do {
        const [answer, trail, ...statuses] = await Promise.all([
          rename(service, 'Lost'),
          Promise.all(noted(service).map((path) => statusOf(service, path))),
          ...reads(service).map((path) => statusOf(service, path)),
        ]);
        kinds.push(`${answer.status} ${String(answer.type)} ${String(answer.retryAfter)}`);
        expect(trail).toEqual([503, 503]);
        for (const status of statuses) read.add(status);
        ready.add(await statusOf(service, '/health/ready'));
        live.add(await statusOf(service, '/health/live'));
      } while (kinds.length < 2 || performance.now() - since < DOWN_MS);
      expect([...read, ...live]).toEqual([200, 200]);
      expect([...ready]).toEqual([503]);
      // The first may have been on its way when the store died; of later ones it is certain that they were never sent.
      const [first, ...later] = kinds;
      expect(first).toMatch(/^503 .problems.(event-store-unavailable|outcome-unknown) 1$/);
      expect(new Set(later)).toEqual(new Set(['503 /problems/event-store-unavailable 1']));
      await startStore({ dir: store.dir, port: store.port });
      await expectRecovered(service, performance.now(), 'the event store is back');
    },
    SLOW_MACHINE_MS + 2 * DOWN_MS,
  );

  it(
    `may start anew ${RESTARTS} times under load (OUTAGES_RESTARTS=${RESTARTS} OUTAGES_SEED=${SEED})`,
    async () => {
      const random = randomFrom(SEED);
      let store = await startStore();
      const service = await startService({ EVENTSTORE_URL: store.url });
      const witness = new Witness(service, await addUsers(service, 4), random);
      const { dir, port } = store;
      for (let i = 0; i < RESTARTS; i++) {
        const load = witness.load(COMMANDS_PER_RESTART, 5);
        await pause(random() * 60);
        await (random() < 0.5 ? store.kill() : store.stop());
        store = await startStore({ dir, port });
        await load;
        await witness.expectNothingOfRefused(store.url);
        await witness.askAgain();
      }
      await witness.expectTrue(store.url);
      await expectRecovered(service, performance.now(), `the event store started anew ${RESTARTS} times`);
      expect(service.output.filter((line) => /unhandled|uncaught/i.test(line))).toEqual([]);
    },
    SLOW_MACHINE_MS + RESTARTS * 10_000,
  );

  it(
    'may come up after the service, which waits and says so',
    async () => {
      const before = await startEmbeddedEventStore();
      await before.stop();
      const dataDir = newDirectory();
      const env = { EVENTSTORE_URL: before.url, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' };
      const program = new Program(['dist/main.js'], env);
      leftovers.push(async () => {
        await program.end('SIGTERM');
        for (const dir of [dataDir, before.dir]) rmSync(dir, { recursive: true, force: true });
      });
      const printed = (text: string) => program.until((lines) => lines.some((line) => line.includes(text)));
      await printed('the event store does not answer');
      await startStore({ dir: before.dir, port: before.port });
      await printed('user-ledger listens on');
      expect(program.complaints).toEqual([]);
    },
    SLOW_MACHINE_MS,
  );

  const long = LONG ? it : it.skip;
  long(
    'that never comes up ends the start after a minute, in one line (long form only)',
    async () => {
      const from = performance.now();
      const starting = startService({ EVENTSTORE_URL: 'esdb://127.0.0.1:9?tls=false' });
      await expect(starting).rejects.toThrow(/ended with 1:[^]*user-ledger: the event store does not answer$/);
      expect(performance.now() - from).toBeGreaterThan(55_000);
    },
    SLOW_MACHINE_MS,
  );

  const onSmallDisk = noSmallDisk === undefined ? it : it.skip;
  onSmallDisk(
    `may have a full disk: changes are refused soon and for certain${noSmallDisk ? ` (${noSmallDisk})` : ''}`,
    async () => {
      const disk = smallDisk(16, newDirectory());
      leftovers.push(() => {
        disk.remove();
      });
      const store = await startStore({ dir: disk.dir });
      const service = await startService({ EVENTSTORE_URL: store.url });
      disk.fill();
      // The first may have been tried; what comes while the store takes no writes certainly was not.
      let written = 0;
      const refused = async () => (await rename(service, `${'x'.repeat(90)}${written++}`)).status === 503;
      await eventually('it takes no writes', refused, 60_000);
      const answers: Told[] = [];
      const from = performance.now();
      for (let i = 0; i < 3; i++) answers.push(await rename(service, `Lost ${i}`));
      expect((performance.now() - from) / answers.length).toBeLessThan(2_500);
      const refusal = { status: 503, type: '/problems/event-store-unavailable', retryAfter: '1' };
      expect(answers).toEqual(answers.map(() => refusal));
      expect(await Promise.all(reads(service).map((path) => statusOf(service, path)))).toEqual(
        reads(service).map(() => 200),
      );
      disk.free();
      await expectRecovered(service, performance.now(), 'there is room on the disk again', ROOM_SEEN_WITHIN_MS);
    },
    SLOW_MACHINE_MS,
  );
});

const withPostgres = hasPostgres() ? describe : describe.skip;
withPostgres('the database of the read model (skipped where there is no PostgreSQL)', () => {
  it(
    'may be gone: reads are refused, changes without a key go on, and all is known when it is back',
    async () => {
      const [store, postgres] = [await startStore(), await startPostgres()];
      leftovers.push(() => postgres.stop());
      const service = await startService({ EVENTSTORE_URL: store.url, DATABASE_URL: postgres.url });
      expect((await rename(service, 'Grace')).status).toBe(200);
      // Whose rights a change is about are looked up anew after it: the target is another than the caller.
      const [member = ''] = await addUsers(service, 1);
      const path = `/v2/users/${encodeURIComponent(member)}`;
      const wish = newUser({ role: { type: 'predefined', name: 'admin' } });
      const { id: admin } = (await (await post(service, '/v2/users', wish)).json()) as { id: string };
      // The key is known without a look-up once it was used while nothing changed.
      expect(await statusOf(service, path)).toBe(200);
      await postgres.halt('immediate');
      const unavailable = { status: 503, type: '/problems/read-model-unavailable', retryAfter: '1' };
      const changed = await service.update(encodeURIComponent(member), { name: 'Known later' });
      expect([changed.status, ((await changed.json()) as { name: unknown }).name]).toEqual([200, 'Known later']);
      expect(await rename(service, 'Lost', { 'idempotency-key': 'one' })).toEqual(unavailable);
      expect(await statusOf(service, path)).toBe(200);
      // Who else is an admin, and whose an invitation is, the database alone knows.
      const removal = service.request(`/v2/users/${encodeURIComponent(admin)}`, { method: 'DELETE' });
      const acceptance = post(service, '/v2/invitations/accept', { token: 'somebody' });
      for (const answer of await Promise.all([removal, acceptance])) expect(await told(answer)).toEqual(unavailable);
      // Nobody knows whose key this is: that is no reason to call it bad.
      const unknown = { key: formatApiKey(randomBytes(20)) };
      expect(await told(await service.request('/v2/users', unknown))).toEqual(unavailable);
      const lists = reads(service).slice(1);
      for (const list of lists) expect([list, await told(await service.request(list))]).toEqual([list, unavailable]);
      expect([await statusOf(service, '/health/ready'), await statusOf(service, '/health/live')]).toEqual([503, 200]);
      await postgres.start();
      await expectRecovered(service, performance.now(), 'PostgreSQL is back');
      const history = await service.request(`${path}/history`);
      const text = await history.text();
      expect([text.includes('Known later'), text.includes('Lost')]).toEqual([true, false]);
      expect((await rename(service, 'Lost no more', { 'idempotency-key': 'one' })).status).toBe(200);
    },
    SLOW_MACHINE_MS,
  );
});
