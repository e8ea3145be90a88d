import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { hashApiKey, isApiKey } from '../../src/users/domain/api-key.js';
import { encodeId, encodeUserId } from '../../src/users/domain/public-id.js';
import { eventually } from '../support/load.js';
import { daysFromNow } from '../support/seed.js';
import { createdKey, deleteKey, listKeys, postKey } from './api-keys.js';
import { problemOf, withService } from './with-service.js';

const context = withService();
const tomorrow = daysFromNow(1);
const keyId = (id: string) => encodeId('ApiKey', id);
const ulidOf = (id: string) => Buffer.from(id, 'base64').toString().replace('ApiKey:', '');
const works = async (key: string) => (await context.service.request('/v2/api-keys', { key })).status;

describe('POST /v2/api-keys', () => {
  it('makes a key for oneself that works at once, and says so in one event', async () => {
    const { service, seed } = context;
    const { ulid: userId, key: with_ } = await seed.user({ role: 'annotator' });
    const answer = await postKey(service, { name: '  nightly export ' }, { key: with_ });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-position')).toEqual(expect.any(String));
    const { key, ...rest } = await createdKey(answer);
    expect(rest).toEqual({
      id: expect.stringMatching(/^QXBpS2V5O[A-Za-z0-9+/]+=*$/),
      name: 'nightly export',
      redacted_key: `${key.slice(0, 6)}…${key.slice(-4)}`,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(isApiKey(key)).toBe(true);
    expect(await works(key)).toBe(200);
    const apiKeyId = ulidOf(rest.id);
    const [event, ...more] = await seed.eventsIn(`apikey-${apiKeyId}`);
    expect(more).toEqual([]);
    expect(event?.data).toEqual({
      ...{ apiKeyId, accountId: seed.accountId, userId, name: 'nightly export', keyHash: hashApiKey(key) },
      ...{ redactedKey: rest.redacted_key, expiresAt: null },
    });
    expect(event?.metadata).toMatchObject({ rule: 'key_owner', actor: { userId } });
  });

  it('makes one with an end, told to the millisecond', async () => {
    const expires_at = tomorrow.replace(/\.\d+Z/, '.5+00:00');
    const made = await createdKey(await postKey(context.service, { name: 'short', expires_at }));
    expect(made.expires_at).toBe(tomorrow.replace(/\.\d+Z/, '.500Z'));
    expect(Object.keys(made)).toEqual(['id', 'name', 'key', 'redacted_key', 'created_at', 'expires_at']);
  });

  it.each(['active', 'invited'] as const)('makes one for another user who is %s, as admin', async (status) => {
    const { service, seed } = context;
    const user = await seed.user({ status });
    const made = await createdKey(await postKey(service, { name: 'theirs', user_id: user.id }));
    const [event] = await seed.eventsIn(`apikey-${ulidOf(made.id)}`);
    expect(event).toMatchObject({ data: { userId: user.ulid }, metadata: { rule: 'account_admin' } });
    // An invited user's key waits for them.
    expect(await works(made.key)).toBe(status === 'active' ? 200 : 401);
  });

  it('lets oneself be named', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    await createdKey(await postKey(service, { name: 'mine', user_id: user.id }, user));
  });

  it.each(['member', 'annotator', 'custom:r1'])(
    'refuses a %s another user’s key, and keeps the attempt',
    async (role) => {
      const { service, seed } = context;
      const [actor, other] = [await seed.user({ role, permissions: ['USER_UPDATE', 'USER_READ'] }), await seed.user()];
      for (const user_id of [other.id, encodeUserId(ulid())]) {
        const problem = await problemOf(await postKey(service, { name: 'theirs', user_id }, actor), 403);
        expect(problem.type).toBe('/problems/keys-not-manageable');
      }
      const denied = await seed.eventsIn(`denied-${seed.accountId}`);
      expect(denied.filter(({ metadata }) => metadata.actor.userId === actor.ulid)).toMatchObject([
        { data: { action: 'createApiKey', targetId: other.ulid, fields: ['api_key'], missing: 'account_admin' } },
        { data: { action: 'createApiKey' } },
      ]);
    },
  );

  it('finds no user who is removed, of another account, unknown, or no user', async () => {
    const { service, seed } = context;
    const elsewhere = await seed.user({ accountId: await seed.account() });
    const removed = await seed.user({ status: 'removed' });
    const bodies = [];
    for (const user_id of [removed.id, elsewhere.id, encodeUserId(ulid()), keyId(ulid())]) {
      const problem = await problemOf(await postKey(service, { name: 'x', user_id }), 404);
      bodies.push({ ...problem, request_id: '' });
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it('refuses who may not use the API', async () => {
    const { key } = await context.seed.user({ isDeveloper: false });
    const problem = await problemOf(await postKey(context.service, { name: 'x' }, { key }), 403);
    expect(problem.type).toBe('/problems/api-not-allowed');
    await problemOf(await postKey(context.service, { name: 'x' }, { key: '' }), 401);
  });

  it.each<[string, unknown, string]>([
    ['nothing', {}, 'name'],
    ['no object', [], 'body'],
    ['null', 'null', 'body'],
    ['a name that is no text', { name: 1 }, 'name'],
    ['a name that is null', { name: null }, 'name'],
    ['an empty name', { name: ' \u00a0' }, 'name'],
    ['256 characters', { name: 'x'.repeat(256) }, 'name'],
    ['NUL', { name: 'a\u0000b' }, 'name'],
    ['a bidirectional override', { name: 'a\u202eb' }, 'name'],
    ['an id that is none', { name: 'x', user_id: 'x' }, 'user_id'],
    ['an id that is null', { name: 'x', user_id: null }, 'user_id'],
    ['an end that is no text', { name: 'x', expires_at: 1 }, 'expires_at'],
    ['an end that is null', { name: 'x', expires_at: null }, 'expires_at'],
    ['a day for an end', { name: 'x', expires_at: '2036-01-02' }, 'expires_at'],
    ['a day that is not', { name: 'x', expires_at: '2036-02-30T00:00:00Z' }, 'expires_at'],
    ['a space for an end’s plus', { name: 'x', expires_at: '2036-01-02T03:04:05 01:00' }, 'expires_at'],
    ['an end that is past', { name: 'x', expires_at: daysFromNow(-1) }, 'expires_at'],
    ['a member too many', { name: 'x', key: 'ul_' }, 'key'],
    ['a scope', { name: 'x', constructor: {} }, 'constructor'],
  ])('takes no %s', async (_, body, field) => {
    const problem = await problemOf(await postKey(context.service, body), 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
  });

  it.each([413, 415])('takes no body that is answered with %i', async (status) => {
    const body = { name: status === 413 ? 'x'.repeat(17_000) : 'x' };
    const headers = status === 415 ? { 'content-type': 'text/plain' } : {};
    await problemOf(await postKey(context.service, body, { headers }), status);
  });
});

describe('Idempotency-Key', () => {
  const chosen = (key: string) => ({ 'idempotency-key': key });

  it('gets the same answer, key and all, and one key', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const again = () => postKey(service, { name: 'ci' }, { key: user.key, headers: chosen('once') });
    const first = await createdKey(await again());
    expect(await createdKey(await again())).toEqual(first);
    expect((await listKeys(service, user)).api_keys.filter(({ name }) => name === 'ci')).toHaveLength(1);
    expect(await works(first.key)).toBe(200);
  });

  it('gets the same answer in a race: one runs, the other is told to ask again', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const again = () => postKey(service, { name: 'race' }, { key: user.key, headers: chosen('race') });
    const answers = await Promise.all([again(), again(), again()]);
    expect(answers.map(({ status }) => status).every((status) => status === 201 || status === 409)).toBe(true);
    const keys = await Promise.all(answers.filter(({ status }) => status === 201).map(createdKey));
    expect(new Set(keys.map(({ key }) => key)).size).toBe(1);
    expect((await listKeys(service, user)).api_keys.filter(({ name }) => name === 'race')).toHaveLength(1);
  });

  it('is not good for another request, here or elsewhere', async () => {
    const { service, seed } = context;
    const user = await seed.user({ role: 'admin' });
    const headers = chosen('twice');
    await createdKey(await postKey(service, { name: 'one' }, { key: user.key, headers }));
    await problemOf(await postKey(service, { name: 'two' }, { key: user.key, headers }), 422);
    await problemOf(await service.update(user.id, { name: 'two' }, { key: user.key, headers }), 422);
    const other = chosen('other-way-round');
    expect((await service.update(user.id, { name: 'Ada' }, { key: user.key, headers: other })).status).toBe(200);
    await problemOf(await postKey(service, { name: 'two' }, { key: user.key, headers: other }), 422);
    expect((await service.update(user.id, { name: 'three' }, { key: user.key })).status).toBe(200);
  });

  it('with another key of the same owner tells of no key, and makes none', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const other = await seed.key(user.ulid);
    const headers = chosen('mine');
    await createdKey(await postKey(service, { name: 'mine' }, { key: user.key, headers }));
    const problem = await problemOf(await postKey(service, { name: 'mine' }, { key: other.key, headers }), 409);
    expect(problem.type).toBe('/problems/key-not-shown-again');
    expect((await listKeys(service, user)).api_keys.filter(({ name }) => name === 'mine')).toHaveLength(1);
  });

  it('of another user is another', async () => {
    const { service, seed } = context;
    const [one, other] = [await seed.user(), await seed.user()];
    const headers = chosen('both');
    const keys = [one, other].map(async ({ key }) =>
      createdKey(await postKey(service, { name: 'x' }, { key, headers })),
    );
    expect(new Set((await Promise.all(keys)).map(({ id }) => id)).size).toBe(2);
  });
});

describe('GET /v2/api-keys', () => {
  it('shows everyone their own, without key or hash', async () => {
    const { service, seed } = context;
    const user = await seed.user({ role: 'annotator' });
    const made = await createdKey(await postKey(service, { name: 'second', expires_at: tomorrow }, user));
    const { api_keys, pagination } = await listKeys(service, user);
    expect(pagination).toEqual({ has_more: false });
    expect(api_keys).toMatchObject([{ id: keyId(user.keyId), name: 'seeded' }, { id: made.id }]);
    const { key, ...rest } = made;
    expect(api_keys[1]).toMatchObject({ ...rest, user_id: user.id });
    expect(Object.keys(api_keys[0] ?? {}).filter((member) => member !== 'last_used_at')).toEqual(
      Object.keys(rest)
        .filter((member) => member !== 'expires_at')
        .toSpliced(2, 0, 'user_id'),
    );
    expect(JSON.stringify(api_keys)).not.toMatch(new RegExp(`${key}|${hashApiKey(key)}`));
  });

  it('shows an admin those of the account and no other’s', async () => {
    const { service, seed } = context;
    const accountId = await seed.account();
    const [chief, other] = [await seed.user({ accountId, role: 'admin' }), await seed.user({ accountId })];
    const { api_keys } = await listKeys(service, chief);
    expect(api_keys.map(({ user_id }) => user_id)).toEqual([chief.id, other.id]);
    expect((await listKeys(service, other)).api_keys.map(({ user_id }) => user_id)).toEqual([other.id]);
  });

  it('tells when each was last used, to about a minute', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const before = Date.now();
    await createdKey(await postKey(service, { name: 'unused' }, user));
    let used: (string | undefined)[] = [];
    await eventually('the first use is written', async () => {
      used = (await listKeys(service, user)).api_keys.map(({ last_used_at }) => last_used_at);
      return used[0] !== undefined;
    });
    expect(Date.parse(used[0] ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(used[0] ?? '')).toBeLessThanOrEqual(Date.now());
    expect(used[1]).toBeUndefined();
  });

  it('leaves out the revoked and keeps the expired', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const [gone, over] = [await seed.key(user.ulid), await seed.key(user.ulid, { expiresAt: daysFromNow(-1) })];
    await seed.revokeKey(gone.keyId);
    const { api_keys } = await listKeys(service, user);
    expect(api_keys.map(({ id }) => id)).toEqual([keyId(user.keyId), keyId(over.keyId)]);
  });

  it('goes page by page, each key once, though keys are made and revoked meanwhile', async () => {
    const { service, seed } = context;
    const accountId = await seed.account();
    const chief = await seed.user({ accountId, role: 'admin' });
    const keys = [];
    for (let i = 0; i < 6; i++) keys.push((await createdKey(await postKey(service, { name: `key ${i}` }, chief))).id);
    const seen: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const page = await listKeys(service, chief, query);
      seen.push(...page.api_keys.map(({ id }) => id));
      if (page.pagination.next_cursor === undefined) break;
      if (seen.length === 2) {
        await createdKey(await postKey(service, { name: 'late' }, chief));
        expect((await deleteKey(service, seen[1] ?? '', chief)).status).toBe(204);
      }
      query = `?limit=2&cursor=${encodeURIComponent(page.pagination.next_cursor)}`;
    }
    expect(seen.slice(0, 7)).toEqual([keyId(chief.keyId), ...keys]);
    expect(seen).toHaveLength(8);
  });

  it.each(['?limit=0', '?limit=101', '?cursor=x', '?revoked=true', '?limit=1&limit=2'])(
    'takes no %s',
    async (query) => {
      await problemOf(await context.service.request(`/v2/api-keys${query}`), 400);
    },
  );

  it('binds a cursor to whose keys they are, and to the list', async () => {
    const { service, seed } = context;
    const [one, other] = [await seed.user(), await seed.user()];
    await createdKey(await postKey(service, { name: 'x' }, one));
    const { next_cursor = '' } = (await listKeys(service, one, '?limit=1')).pagination;
    const query = `?limit=1&cursor=${encodeURIComponent(next_cursor)}`;
    expect((await listKeys(service, one, query)).api_keys).toHaveLength(1);
    await problemOf(await service.request(`/v2/api-keys${query}`, other), 400);
    await problemOf(await service.request(`/v2/users${query}`, one), 400);
  });

  it('waits for a position', async () => {
    const headers = { 'x-wait-for-position': 'UG9zaXRpb246OTk5OTk5OTk5' };
    await problemOf(await context.service.request('/v2/api-keys', { headers }), 503);
    await problemOf(await context.service.request('/v2/api-keys', { key: '' }), 401);
    const { key } = await context.seed.user({ isDeveloper: false });
    await problemOf(await context.service.request('/v2/api-keys', { key }), 403);
  });
});

describe('DELETE /v2/api-keys/{id}', () => {
  it('revokes one’s own from the next request on; again, it is revoked', async () => {
    const { service, seed } = context;
    const user = await seed.user({ role: 'annotator' });
    const made = await createdKey(await postKey(service, { name: 'x' }, user));
    expect(await works(made.key)).toBe(200);
    for (let i = 0; i < 2; i++) {
      const answer = await deleteKey(service, made.id, user);
      expect([answer.status, await answer.text()]).toEqual([204, '']);
      expect(await works(made.key)).toBe(401);
    }
    const types = (await seed.eventsIn(`apikey-${ulidOf(made.id)}`)).map(({ type }) => type);
    expect(types).toEqual(['ApiKeyIssued', 'ApiKeyRevoked']);
  });

  it('revokes the very key it came with', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    expect((await deleteKey(service, keyId(user.keyId), user)).status).toBe(204);
    await problemOf(await deleteKey(service, keyId(user.keyId), user), 401);
  });

  it('revokes any of the account as admin, a removed user’s too', async () => {
    const { service, seed } = context;
    for (const status of ['active', 'removed'] as const) {
      const user = await seed.user({ status });
      expect((await deleteKey(service, keyId(user.keyId))).status).toBe(204);
      const [, event] = await seed.eventsIn(`apikey-${user.keyId}`);
      expect(event).toMatchObject({ type: 'ApiKeyRevoked', metadata: { rule: 'account_admin' } });
    }
  });

  it('refuses others of the account, and keeps the attempt with whose key it was', async () => {
    const { service, seed } = context;
    const [actor, other] = [await seed.user({ permissions: ['USER_DELETE'] }), await seed.user()];
    await problemOf(await deleteKey(service, keyId(other.keyId), actor), 403);
    expect(await works(other.key)).toBe(200);
    const denied = await seed.eventsIn(`denied-${seed.accountId}`);
    expect(denied.filter(({ metadata }) => metadata.actor.userId === actor.ulid)).toMatchObject([
      { data: { action: 'revokeApiKey', targetId: other.ulid, fields: ['api_key'], missing: 'account_admin' } },
    ]);
  });

  it('answers for another account’s as for those unknown, member or admin, and revokes nothing', async () => {
    const { service, seed } = context;
    const elsewhere = await seed.user({ accountId: await seed.account() });
    for (const { key } of [await seed.user(), await seed.user({ role: 'admin' })]) {
      const bodies = [];
      for (const id of [keyId(elsewhere.keyId), keyId(ulid()), encodeUserId(ulid()), keyId('x')]) {
        const {
          request_id: _id,
          instance: _path,
          ...rest
        } = await problemOf(await deleteKey(service, id, { key }), 404);
        bodies.push(JSON.stringify(rest));
      }
      expect(new Set(bodies).size).toBe(1);
    }
    expect(await works(elsewhere.key)).toBe(200);
  });

  it.each([
    ['no id', 'x', 400],
    ['an Idempotency-Key that is none', keyId(ulid()), 400],
  ])('takes %s', async (_, id, status) => {
    const headers: Record<string, string> = id === 'x' ? {} : { 'idempotency-key': 'a b' };
    await problemOf(await deleteKey(context.service, id, { headers }), status);
  });

  it('is carried out once for an Idempotency-Key, which is good for no other request', async () => {
    const { service, seed } = context;
    const [one, other] = [await seed.user(), await seed.user()];
    const headers = { 'idempotency-key': `revoke ${one.keyId}`.replace(' ', '-') };
    for (let i = 0; i < 2; i++) expect((await deleteKey(service, keyId(one.keyId), { headers })).status).toBe(204);
    await problemOf(await deleteKey(service, keyId(other.keyId), { headers }), 422);
    expect(await works(other.key)).toBe(200);
  });

  it.each(['GET', 'PATCH', 'PUT', 'POST'])('is all there is at its path: no %s', async (method) => {
    const { service, seed } = context;
    const { keyId: id } = await seed.user();
    const answer = await service.request(`/v2/api-keys/${keyId(id)}`, { method });
    expect(answer.headers.get('allow')).toBe('DELETE');
    await problemOf(answer, 405);
  });
});

it('is in the audit trail: issued, revoked, refused', async () => {
  const { service, seed } = context;
  const user = await seed.user();
  const made = await createdKey(await postKey(service, { name: 'audited' }, user));
  await deleteKey(service, made.id);
  await problemOf(await deleteKey(service, keyId(user.keyId), await seed.user()), 403);
  let audit_events: Record<string, unknown>[] = [];
  await eventually('the trail tells of all four', async () => {
    const answer = await service.request(`/v2/users/${user.id}/history?field=api_key&order=asc`);
    ({ audit_events } = (await answer.json()) as { audit_events: Record<string, unknown>[] });
    return audit_events.length === 4;
  });
  expect(audit_events.slice(1)).toMatchObject([
    {
      type: 'ApiKeyIssued',
      outcome: 'applied',
      authorization: { rule: 'key_owner' },
      changes: [{ after: made.id }, {}],
    },
    { type: 'ApiKeyRevoked', outcome: 'applied', authorization: { rule: 'account_admin' } },
    { type: 'AccessDenied', outcome: 'denied', authorization: { rule: 'account_admin' } },
  ]);
});

it('leaves no usable key on disk, but the first admin’s where it is said to be', async () => {
  const { service, seed } = context;
  const headers = { 'idempotency-key': 'disk' };
  const user = await seed.user();
  const keys = [
    await createdKey(await postKey(service, { name: 'random' }, user)),
    await createdKey(await postKey(service, { name: 'made again' }, { key: user.key, headers })),
  ];
  const files = readdirSync(service.dataDir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const stored = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
  for (const { key } of keys) {
    expect(stored).toContain(hashApiKey(key));
    expect(stored).not.toContain(key);
    expect(stored).not.toContain(key.slice(3, 30));
  }
  expect(stored.split(service.admin.api_key)).toHaveLength(2);
});
