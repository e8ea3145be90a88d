import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { defaultLimits } from '../../src/infrastructure/event-store/settings.js';
import { ChaosProxy } from '../support/chaos-proxy.js';
import { type EmbeddedEventStore, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { eventually } from '../support/load.js';
import { newUser, post } from '../support/new-user.js';
import { ServiceUnderTest } from '../support/service.js';

const SLOW_MACHINE_MS = 180_000;
/** Each changes a user of its own, so that each is an append of its own. */
const CHANGES = defaultLimits.appendsInFlight + defaultLimits.appendsWaiting + 500;
const CONNECTIONS = 16;
const CLIENTS = 64;

let store: EmbeddedEventStore;
let network: ChaosProxy;
let service: ServiceUnderTest;

beforeEach(async () => {
  store = await startEmbeddedEventStore();
  network = await ChaosProxy.start(store.port, Math.random);
  service = await ServiceUnderTest.start({ env: { EVENTSTORE_URL: `esdb://127.0.0.1:${network.port}?tls=false` } });
}, SLOW_MACHINE_MS);
afterEach(async () => {
  await service.dispose();
  await network.stop();
  await store.stop();
  rmSync(store.dir, { recursive: true, force: true });
}, SLOW_MACHINE_MS);

/** So many users, added by a few clients. */
async function users(count: number): Promise<string[]> {
  const ids: string[] = [];
  let left = count;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const answer = await post(service, '/v2/users', newUser());
      expect(answer.status).toBe(201);
      ids.push(encodeURIComponent(((await answer.json()) as { id: string }).id));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return ids;
}

/** Sends changes of these users in one go, not waiting for any answer; resolves to the answers, in the same order. */
async function pipelined(ids: readonly string[]): Promise<string[]> {
  const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
  const body = JSON.stringify({ name: 'Changed' });
  const head = ['host: localhost', `authorization: Bearer ${service.admin.api_key}`, 'content-type: application/json'];
  for (const id of ids) {
    // Whoever says that it has said all is taken to be gone: the last request ends the connection instead.
    const last = id === ids.at(-1) ? ['connection: close'] : [];
    const lines = [`PATCH /v2/users/${id} HTTP/1.1`, ...head, ...last, `content-length: ${body.length}`, '', body];
    socket.write(lines.join('\r\n'));
  }
  let text = '';
  for await (const bytes of socket as AsyncIterable<Buffer>) text += bytes.toString('latin1');
  return text.split(/(?=HTTP\/1\.1 \d)/);
}

const overloaded = async (): Promise<number> => {
  const text = await (await service.request('/metrics', { key: '' })).text();
  return Number(/^user_ledger_http_problems_total\{type="overloaded"\} (\d+)$/m.exec(text)?.[1] ?? 0);
};

// A machine that takes longer over so many requests than an append waits for the store never sees as many wait.
const long = process.env.OVERLOAD_SECONDS === undefined ? it.skip : it;
long(
  'more writes than may wait are refused while the rest still waits, with when to come back (long form only)',
  async () => {
    const ids = await users(CHANGES);
    network.begin('black hole');
    const each = Math.ceil(CHANGES / CONNECTIONS);
    const all = Array.from({ length: CONNECTIONS }, (_, i) => pipelined(ids.slice(i * each, (i + 1) * each)));
    await eventually('some are refused', async () => (await overloaded()) > 0);
    const read = await service.request(`/v2/users/${service.admin.user_id}`);
    expect(read.status).toBe(200);
    network.heal();
    const answers = (await Promise.all(all)).flat();

    const of = (kind: RegExp): string[] => ids.filter((_, i) => kind.test(answers[i] ?? ''));
    const [done, shed] = [of(/^HTTP\/1\.1 200 /), of(/^HTTP\/1\.1 503 [^]*"\/problems\/overloaded"/)];
    process.stdout.write(`of ${CHANGES} changes at once ${done.length} were done, ${shed.length} shed\n`);
    expect(answers).toHaveLength(CHANGES);
    expect(Math.min(done.length, shed.length)).toBeGreaterThan(0);
    expect(
      answers.filter((answer) => !/^HTTP\/1\.1 (200 |503 [^]*\r\nretry-after: [1-9]\d*\r\n)/i.test(answer)),
    ).toEqual([]);
    // What was shed was not done, and whoever comes back is served.
    for (const id of shed.slice(0, 50)) {
      const { name } = (await (await service.request(`/v2/users/${id}`)).json()) as { name: string };
      expect([name, (await service.update(id, { name: 'Changed' })).status]).toEqual([
        ...[expect.not.stringContaining('Changed'), 200],
      ]);
    }
    expect(service.process.exitCode).toBeNull();
  },
  SLOW_MACHINE_MS,
);
