import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { formatApiKey } from '../../src/users/domain/api-key.js';
import { encodeId, encodeUserId } from '../../src/users/domain/public-id.js';
import type { OpenApiDocument } from '../support/published-api.js';
import { daysFromNow, type Someone } from '../support/seed.js';
import { isForInvited, requestOf, type Target } from './matrix.requests.js';
import { CALLERS, PERMISSIONS, type Row, rows } from './matrix.table.js';
import { withService } from './with-service.js';

type Caller = Readonly<{ name: string; key: string; ulid: string }>;

const context = withService();
const callers: Caller[] = [];
/** Somebody of the account, who is only read. */
let known: Target;
let foreign: Target;
let strangers: string;

beforeAll(async () => {
  const { seed } = context;
  strangers = await seed.account();
  const add = (name: string, { key, ulid }: Pick<Someone, 'key' | 'ulid'>) => callers.push({ name, key, ulid });
  const revoked = await seed.user();
  await seed.revokeKey(revoked.keyId);
  add('no key', { ...revoked, key: '' });
  add('bad key', { ...revoked, key: formatApiKey(randomBytes(20)) });
  add('revoked key', revoked);
  add('expired key', await seed.user({ expiresAt: daysFromNow(-1) }));
  add('not a developer', await seed.user({ isDeveloper: false }));
  for (const role of ['annotator', 'member']) {
    add(role, await seed.user({ role }));
    for (const permission of PERMISSIONS)
      add(`${role}, ${permission}`, await seed.user({ role, permissions: [permission] }));
  }
  add('admin', await seed.user({ role: 'admin' }));
  add('stranger', await seed.user({ role: 'admin', accountId: strangers }));
  known = targetOf(await seed.user());
  foreign = targetOf(await seed.user({ accountId: strangers }));
});

const isOfUser = (row: Row): boolean => /\{(user|api_key)_id\}/.test(row.name);

const targetOf = ({ id, keyId }: Pick<Someone, 'id' | 'keyId'>, ownKeyId = keyId): Target => ({
  userId: id,
  keyId: encodeId('ApiKey', keyId),
  ownKeyId: encodeId('ApiKey', ownKeyId),
});

/** Somebody, and something of theirs, that nobody has touched yet. */
async function fresh(row: Row, caller: Caller): Promise<Target> {
  const { seed } = context;
  const user = await seed.user({ status: isForInvited(row) ? 'invited' : 'active' });
  const own = await seed.key(caller.ulid, caller.name === 'stranger' ? { accountId: strangers } : {});
  return targetOf(user, own.keyId);
}

async function ask(row: Row, target: Target, { key }: Caller): Promise<Response> {
  const { path, init } = requestOf(row, target);
  return context.service.request(path, { ...init, key });
}

it('is about everybody, and about each way in once', () => {
  expect(callers.map(({ name }) => name)).toEqual(CALLERS);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  expect(rows.filter(({ statuses }) => statuses.length !== CALLERS.length)).toEqual([]);
});

it('has every operation of the published document, and no other', () => {
  const { paths } = context.service.published?.document as OpenApiDocument;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const tabled = rows.map(({ method, path }) => `${method} ${path.replace('{own_key_id}', '{api_key_id}')}`);
  expect([...new Set(tabled)].sort()).toEqual(operations.sort());
});

it.each(rows.map((row) => [row.name, row] as const))('%s', async (_, row) => {
  const targets = row.method === 'GET' ? [] : await Promise.all(callers.map((caller) => fresh(row, caller)));
  const answered: Record<string, number> = {};
  for (const [i, caller] of callers.entries())
    answered[caller.name] = (await ask(row, targets[i] ?? known, caller)).status;
  expect(answered).toEqual(Object.fromEntries(CALLERS.map((name, i) => [name, row.statuses[i]])));
});

describe("ids of another account answer as nobody's do", () => {
  it.each(rows.filter(isOfUser).map((row) => [row.name, row] as const))('%s', async (_, row) => {
    const nobody = { userId: encodeUserId(ulid()), keyId: encodeId('ApiKey', ulid()), ownKeyId: '' };
    const another = { userId: encodeId('Account', ulid()), keyId: encodeUserId(ulid()), ownKeyId: '' };
    for (const caller of callers.filter(({ name }) => name !== 'stranger')) {
      const unknown = await toldOf(row, nobody, caller);
      expect(await toldOf(row, foreign, caller)).toEqual(unknown);
      expect(await toldOf(row, another, caller)).toEqual(unknown);
      if (caller.name === 'admin') expect(unknown).toHaveProperty('status', 404);
    }
  });
});

/** Status and body of an answer, but for what tells requests apart. */
async function toldOf(row: Row, target: Target, caller: Caller): Promise<object> {
  const answer = await ask(row, target, caller);
  const { request_id, instance, ...rest } = (await answer.json()) as Record<string, unknown>;
  expect([typeof request_id, typeof instance]).toEqual(['string', 'string']);
  return { caller: caller.name, status: answer.status, headers: headersOf(answer), ...rest };
}

const headersOf = ({ headers }: Response): [string, string][] =>
  [...headers].filter(([name]) => !['x-request-id', 'date', 'content-length', 'ratelimit'].includes(name));
