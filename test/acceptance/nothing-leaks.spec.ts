import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { encodeId } from '../../src/users/domain/public-id.js';
import { type EmbeddedEventStore, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { MailServer, tokenIn } from '../support/mail-server.js';
import { newUser, post } from '../support/new-user.js';
import { OtlpCollector } from '../support/otlp-collector.js';
import { Program } from '../support/program.js';
import { daysFromNow, Seed, type Someone } from '../support/seed.js';
import { ServiceUnderTest } from '../support/service.js';
import { createdKey, postKey } from './api-keys.js';
import { isForInvited, requestOf, type Target } from './matrix.requests.js';
import { rows } from './matrix.table.js';
import { raw, rawRequest } from './raw-http.js';

/** In everything that must not come out again. Of letters that every field takes, and that nothing else has. */
const CANARY = `zanarie${randomBytes(6).toString('hex')}`;
/** Secrets that the service itself makes, as they come up. */
const secrets = new Set<string>();
const COLLECTORS = `${CANARY}-collector`;

let store: EmbeddedEventStore;
let mails: MailServer;
let collector: OtlpCollector;
let service: ServiceUnderTest;
let seed: Seed;
let admin: Someone;
let member: Someone;

beforeAll(async () => {
  [store, mails, collector] = await Promise.all([startEmbeddedEventStore(), MailServer.start(), OtlpCollector.start()]);
  service = await ServiceUnderTest.start({
    env: {
      LOG_LEVEL: 'debug',
      EVENTSTORE_URL: `esdb://admin:${CANARY}@127.0.0.1:${store.port}?tls=false`,
      SMTP_URL: mails.url.replace('//', `//post:${CANARY}@`),
      MAIL_FROM: `${CANARY} <${CANARY}@example.com>`,
      BOOTSTRAP_ADMIN_EMAIL: `${CANARY}-admin@example.com`,
      BOOTSTRAP_ADMIN_NAME: `Admin ${CANARY}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${COLLECTORS}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      RATE_LIMIT_FAILED_AUTH: '0',
    },
  });
  seed = new Seed(service);
  admin = await seed.user({ role: 'admin', name: CANARY });
  member = await seed.user({ name: CANARY });
  for (const { key } of [admin, member]) secrets.add(key);
}, 60_000);
afterAll(async () => {
  await seed.close();
  await service.dispose();
  await Promise.all([store.stop(), mails.stop(), collector.stop()]);
  rmSync(store.dir, { recursive: true, force: true });
});

/** Canaries wherever a request has room for one that is not meant to be told: a request id is. */
const headers = {
  'idempotency-key': `${CANARY}-key`,
  'x-forwarded-for': CANARY,
  'user-agent': CANARY,
  cookie: `session=${CANARY}`,
  referer: `http://example.com/${CANARY}`,
  tracestate: `a=${CANARY}`,
  baggage: `a=${CANARY}`,
  [`x-${CANARY}`]: CANARY,
};

const canaried = (body: string): string =>
  body
    .replaceAll(/"(Ada|Another)"/g, `"${CANARY}"`)
    .replaceAll(/[^"]+@example\.com/g, `${CANARY}-${randomBytes(4).toString('hex')}@example.com`)
    .replaceAll(/("token":")[^"]+/g, `$1${CANARY}`);

/** Bodies for every way to be refused before anybody looks at them. */
const BAD = [
  `{"name":"${CANARY}`,
  `"${CANARY}"`,
  `{"${CANARY}":1,"name":{"${CANARY}":"${CANARY}"},"email":"${CANARY}","token":["${CANARY}"],"permissions":["${CANARY}"]}`,
  `{"name":"${CANARY.repeat(2_000)}"}`,
  `${'['.repeat(3_000)}"${CANARY}"`,
];

type Sent = Readonly<{ status: number; text: string }>;

async function send(path: string, init: RequestInit & { key?: string }): Promise<Sent> {
  const answer = await service.request(path, {
    ...init,
    headers: { ...headers, ...(init.headers as Record<string, string>) },
    signal: AbortSignal.timeout(10_000),
  });
  // The feed goes on for as long as it is read.
  const endless = answer.headers.get('content-type')?.startsWith('text/event-stream');
  const text = endless ? '' : await answer.text();
  await answer.body?.cancel().catch(() => undefined);
  return { status: answer.status, text };
}

async function target(forInvited: boolean, owner: Someone): Promise<Target> {
  const user = await seed.user({ status: forInvited ? 'invited' : 'active', name: CANARY });
  secrets.add(user.key);
  const own = await seed.key(owner.ulid);
  secrets.add(own.key);
  return { userId: user.id, keyId: encodeId('ApiKey', user.keyId), ownKeyId: encodeId('ApiKey', own.keyId) };
}

/** Every route, by callers of every kind, well and badly asked. */
async function everyRoute(): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (const row of rows) {
    const note = async (path: string, init: RequestInit & { key?: string }): Promise<void> => {
      statuses.add((await send(path, init)).status);
    };
    const { path, init } = requestOf(row, await target(isForInvited(row), admin));
    const given = (init.headers ?? {}) as Record<string, string>;
    const body = typeof init.body === 'string' ? { body: canaried(init.body) } : {};
    const asked = `${path}?${CANARY}=${CANARY}&cursor=${CANARY}&name=${CANARY}&as_of=${CANARY}`;
    await Promise.all([
      note(path, { ...init, ...body, key: '' }),
      note(path, { ...init, ...body, key: `ul_${CANARY}` }),
      note(path, { ...init, ...body, key: member.key }),
      note(asked, { ...init, ...body, key: admin.key }),
      note(path, { ...init, ...body, key: admin.key, headers: { ...given, 'if-match': `"${CANARY}"` } }),
      note(path, { ...init, key: admin.key, headers: { 'x-wait-for-position': CANARY } }),
      note(path.replace(/[^/]+$/, CANARY), { ...init, ...body, key: admin.key }),
    ]);
    const sent = { ...init, ...body, key: admin.key };
    const fresh = () => ({ ...given, 'idempotency-key': `${CANARY}-${randomBytes(4).toString('hex')}` });
    await note(path, { ...sent, headers: { ...fresh(), 'if-match': '"99"' } });
    await note(path, { ...sent, headers: fresh() });
    if (init.body !== undefined) for (const bad of BAD) await note(path, { ...init, body: bad, key: admin.key });
  }
  return statuses;
}

/** What is no good HTTP, or leads nowhere. */
async function belowRoutes(): Promise<number[]> {
  const bearer = `Authorization: Bearer ${CANARY}`;
  const answers = await Promise.all([
    rawRequest(service.baseUrl, 'GET', `/v2/users/%zz${CANARY}?${CANARY}`, bearer),
    rawRequest(service.baseUrl, 'GET', `/${CANARY}?${CANARY}=1`, bearer),
    rawRequest(service.baseUrl, 'PUT', `/v2/users/${CANARY}`, `Authorization: Bearer ${admin.key}`),
    rawRequest(service.baseUrl, 'GET', `/v2/users`, `Authorization: Basic ${CANARY}`),
    rawRequest(service.baseUrl, 'GET', `/v2/users`, `X-Long: ${CANARY.repeat(3_000)}`),
    raw(service.baseUrl, `${CANARY} / ${CANARY}\r\n\r\n`),
    raw(service.baseUrl, `GET / HTTP/1.1\r\n${CANARY}: 1\r\nConnection: close\r\n\r\n`),
  ]);
  return answers.map(({ status }) => status);
}

/** Invitations mailed, refused by the mail server, accepted, and guessed at; keys issued. */
async function secretsOfOurs(): Promise<void> {
  const wish = newUser({ name: CANARY, email: `${CANARY}-invited@example.com`, invite_mode: 'email_link' });
  expect((await post(service, '/v2/users', wish, { key: admin.key })).status).toBe(201);
  const token = tokenIn((await mails.to(wish.email))[0]?.text);
  expect(token).toMatch(/^[\w-]{20,}$/);
  secrets.add(token);
  for (const status of [200, 404])
    expect((await post(service, '/v2/invitations/accept', { token }, { key: '', headers })).status).toBe(status);
  const bad = `${CANARY}-refused@example.com`;
  mails.refusing.set(bad, 550);
  await post(service, '/v2/users', { ...wish, email: bad }, { key: admin.key });
  await service.printed(/the mail server refuses an invitation/);
  const key = await createdKey(await postKey(service, { name: CANARY }, { key: admin.key }));
  secrets.add(key.key);
  expect((await send('/v2/api-keys', { key: key.key })).status).toBe(200);
  const expired = await seed.user({ expiresAt: daysFromNow(-1) });
  secrets.add(expired.key);
  expect((await send('/v2/api-keys', { key: expired.key })).status).toBe(401);
}

/** What of the canary and of secrets is in there. */
const leaks = (text: string): string[] =>
  [CANARY, ...secrets].flatMap((secret) => {
    const at = text.toLowerCase().indexOf(secret.toLowerCase());
    return at < 0 ? [] : [text.slice(Math.max(0, at - 200), at + 80)];
  });

it('neither logs, metrics nor traces tell whatever callers send, or what the service makes secret', async () => {
  const statuses = await everyRoute();
  expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 201, 204, 400, 401, 403, 404, 409, 412, 413, 422]));
  expect(await belowRoutes()).toEqual([401, 404, 405, 401, 431, 400, 400]);
  await secretsOfOurs();
  const metrics = await (await service.request('/metrics')).text();
  // While the event store is down, everything fails another way.
  await store.stop();
  const path = `/v2/users/${member.id}`;
  const json = { 'content-type': 'application/json', 'idempotency-key': `${CANARY}-while-down` };
  const down = [
    send(path, { method: 'PATCH', key: admin.key, headers: json, body: JSON.stringify({ name: CANARY }) }),
    send(path, { method: 'DELETE', key: admin.key, headers: { 'idempotency-key': `${CANARY}-down-too` } }),
  ];
  expect((await Promise.all(down)).map(({ status }) => status)).toEqual([503, 503]);
  await service.stop();

  const told = { log: service.output.join('\n'), metrics, traces: collector.received.join('\n') };
  // It was all told of, to begin with.
  for (const route of new Set(
    rows.map(({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1').replace('own_key', 'api_key')),
  )) {
    expect(told.log).toContain(`"route":"${route}"`);
    expect(told.metrics).toContain(`route="${route}"`);
    expect(told.traces).toContain(`"stringValue":"${route}"`);
  }
  expect(told.log).toMatch(/"command":"CreateUser"/);
  expect(leaks(told.log)).toEqual([]);
  expect(leaks(told.metrics)).toEqual([]);
  // The collector's own key is for the collector.
  expect(leaks(told.traces.replaceAll(COLLECTORS, ''))).toEqual([]);
}, 120_000);

it.each([
  ['the event store', { EVENTSTORE_URL: `esdb://admin:${CANARY}@127.0.0.1:1?tls=false` }],
  ['the database', { DATABASE_URL: `postgres://ledger:${CANARY}@127.0.0.1:1/ledger` }],
  ['the event store, misspelt', { EVENTSTORE_URL: `http://admin:${CANARY}@127.0.0.1:1` }],
  ['the database, misspelt', { DATABASE_URL: `mysql://ledger:${CANARY}@127.0.0.1:1/ledger` }],
  ['the mail server, misspelt', { SMTP_URL: `http://post:${CANARY}@127.0.0.1:1` }],
])('a password of %s that cannot be reached is not told', async (_, env) => {
  const dir = `${store.dir}-${randomBytes(4).toString('hex')}`;
  const program = new Program(['dist/main.js'], { LOG_LEVEL: 'debug', DATA_DIR: dir, PORT: '0', ...env });
  // Either it says that it tries again, or it ends.
  await program
    .until((lines) => lines.some((line) => /does not answer|waiting for the database/.test(line)))
    .catch(() => undefined);
  const { stdout, stderr } = await program.end('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
  expect(`${stdout}${stderr}`).not.toBe('');
  expect(leaks(`${stdout}${stderr}`)).toEqual([]);
});
