import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, expectUnbroken, namesIn, readLog, streamOf } from '../support/load.js';
import { ServiceUnderTest } from '../support/service.js';

const RENAMES = 64;
const SLOW_MACHINE_MS = 60_000;

let first: ServiceUnderTest;
let userId: string;
let key: string;

beforeEach(async () => {
  first = await ServiceUnderTest.start();
  ({ user_id: userId, api_key: key } = first.admin);
}, SLOW_MACHINE_MS);
afterEach(() => first.dispose(), SLOW_MACHINE_MS);

const readStream = async () => (await readLog(first.admin.eventstore_url, [streamOf(userId)]))[0] ?? [];

/** Renames at the same time, in turn through each of the services; tells each name's status. */
async function renameAtOnce(services: readonly ServiceUnderTest[]): Promise<Map<string, number>> {
  const names = Array.from({ length: RENAMES }, () => randomUUID());
  const answers = names.map(async (name, i): Promise<[string, number]> => {
    const response = await services[i % services.length]?.update(userId, { name }, { key });
    await response?.arrayBuffer();
    return [name, response?.status ?? 0];
  });
  return new Map(await Promise.all(answers));
}

const accepted = (answers: Map<string, number>): string[] =>
  [...answers].filter(([, status]) => status === 200).map(([name]) => name);

describe('one service', () => {
  it(`accepts ${RENAMES} renames of one user at once, and loses none`, async () => {
    const answers = await renameAtOnce([first]);
    expect([...answers.values()]).toEqual(Array.from(answers, () => 200));
    const log = await readStream();
    expectUnbroken(log);
    expect(namesIn(log).sort()).toEqual([...answers.keys()].sort());
  });

  it('lets one of many through that all start from the same ETag', async () => {
    const etag = (await first.request(`/v2/users/${userId}`)).headers.get('etag') ?? '';
    const names = Array.from({ length: 16 }, () => randomUUID());
    const answers = await Promise.all(
      names.map((name) => first.update(userId, { name }, { headers: { 'if-match': etag } })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.sort((a, b) => a - b)).toEqual([200, ...Array.from({ length: 15 }, () => 412)]);
    const [winner] = answers.filter(({ status }) => status === 200);
    expect(namesIn(await readStream())).toEqual([((await winner?.json()) as { name: string }).name]);
  });

  it('carries out a command once that is sent many times at once', async () => {
    const name = randomUUID();
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 16 }, () => first.update(userId, { name }, { headers })));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect(statuses).toContain(200);
    expect((await first.update(userId, { name: 'Other' })).status).toBe(200);
    const late = await first.update(userId, { name }, { headers });
    expect([late.status, ((await late.json()) as { name: string }).name]).toEqual([200, name]);
    expect(namesIn(await readStream())).toEqual([name, 'Other']);
  });
});

describe('two services on one store', () => {
  let second: ServiceUnderTest;

  beforeEach(async () => {
    const env = { EVENTSTORE_URL: first.admin.eventstore_url };
    second = await ServiceUnderTest.start({ dataDir: mkdtempSync(join(tmpdir(), 'user-ledger-')), env });
  }, SLOW_MACHINE_MS);
  afterEach(() => second.dispose(), SLOW_MACHINE_MS);

  it('accept or refuse each rename, and lose none that they accepted', async () => {
    const answers = await renameAtOnce([first, second]);
    expect([...answers.values()].filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const log = await readStream();
    expectUnbroken(log);
    expect(namesIn(log).sort()).toEqual(accepted(answers).sort());
    expect(namesIn(log)).not.toEqual([]);
  });

  it('carry out a command once that is sent to both', async () => {
    const name = randomUUID();
    const headers = { 'idempotency-key': randomUUID() };
    const both = [first, second];
    const answers = await Promise.all(both.map((service) => service.update(userId, { name }, { key, headers })));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect(namesIn(await readStream())).toEqual([name]);
  });

  it('do not take a change back for one that is fulfilled already, whatever they remember', async () => {
    const isDeveloper = async (service: ServiceUnderTest, wanted: boolean): Promise<[number, unknown]> => {
      const response = await service.update(userId, { is_developer: wanted }, { key });
      return [response.status, ((await response.json()) as { is_developer?: unknown }).is_developer];
    };
    for (let turn = 0; turn < 5; turn++) {
      expect(await isDeveloper(first, true)).toEqual([200, true]);
      expect(await isDeveloper(second, false)).toEqual([200, false]);
      expect(await isDeveloper(first, true)).toEqual([200, true]);
    }
    const types = (await readStream()).slice(1).map(({ type }) => type);
    expect(types).toEqual(
      Array.from({ length: 5 }, () => ['DeveloperPermissionRevoked', 'DeveloperPermissionGranted']).flat(),
    );
  });

  it('refuse an ETag that is out of date by a change made at the other', async () => {
    const before = (await second.update(userId, { name: 'Before' }, { key })).headers.get('etag') ?? '';
    const now = (await first.update(userId, { name: 'Now' }, { key })).headers.get('etag') ?? '';
    const late = await second.update(userId, { name: 'Late' }, { key, headers: { 'if-match': before } });
    expect([late.status, late.headers.get('etag')]).toEqual([412, now]);
    const fresh = await second.update(userId, { name: 'Fresh' }, { key, headers: { 'if-match': now } });
    expect(fresh.status).toBe(200);
    expect(namesIn(await readStream())).toEqual(['Before', 'Now', 'Fresh']);
  });

  it('show what was changed at the other', async () => {
    const changed = await first.update(userId, { name: 'Changed' }, { key });
    const headers = { 'x-wait-for-position': changed.headers.get('x-position') ?? '' };
    const seen = await second.request(`/v2/users/${userId}`, { key, headers });
    expect([seen.status, seen.headers.get('etag')]).toEqual([200, changed.headers.get('etag')]);
    await eventually('the second is ready', async () => (await second.request('/health/ready', { key: '' })).ok);
    expect(((await seen.json()) as { name: string }).name).toBe('Changed');
  });
});
