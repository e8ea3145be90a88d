import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import { problemOf, userOf, withService } from './with-service.js';

const context = withService();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const typesOf = async (userId: string) => (await context.seed.eventsOf(userId)).map(({ type }) => type);
const etagOf = (answer: Response) => answer.headers.get('etag');

describe('a change', () => {
  it('answers the whole user, and nothing else', async () => {
    const { service, seed } = context;
    const user = await seed.user({ role: 'annotator', isDeveloper: false });
    const answer = await service.update(user.id, { name: 'Ada Lovelace', is_developer: true });
    expect(etagOf(answer)).toBe('"2"');
    expect(answer.headers.get('x-position')).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const body = await userOf(answer);
    expect(body).toEqual({
      id: user.id,
      name: 'Ada Lovelace',
      email: user.email,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      status: 'active',
      role: { type: 'predefined', name: 'annotator' },
      is_developer: true,
    });
    expect(await userOf(await service.request(`/v2/users/${user.id}`))).toEqual(body);
  });

  it('of both members is one append of two events', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    await userOf(await service.update(user.id, { name: 'Ada', is_developer: false }));
    const events = (await seed.eventsOf(user.ulid)).slice(1);
    expect(events.map(({ type, data }) => ({ type, data }))).toEqual([
      { type: 'UserRenamed', data: { userId: user.ulid, from: user.name, to: 'Ada' } },
      { type: 'DeveloperPermissionRevoked', data: { userId: user.ulid } },
    ]);
    expect(events[0]?.metadata).toEqual(events[1]?.metadata);
    expect(events[0]?.metadata).toMatchObject({ rule: 'account_admin', accountId: seed.accountId });
  });

  it.each<[string, string, string]>([
    ['255 characters', 'é'.repeat(255), 'é'.repeat(255)],
    ['255 characters beyond the first plane', '😀'.repeat(255), '😀'.repeat(255)],
    ['255 characters between white space', ` ${'x'.repeat(255)}\u3000`, 'x'.repeat(255)],
    ['white space of all kinds at the ends', '\u00a0\u3000\t\n\u2003Ada L\u0085\u2028 ', 'Ada L'],
    ['decomposed characters', 'Zoe\u0308', 'Zo\u00eb'],
    ['a joiner within what is visible', '👩\u200d💻', '👩\u200d💻'],
    ['text that reads from right to left', 'שלום', 'שלום'],
    ['names that mean something to programs', '__proto__', '__proto__'],
  ])('takes a name of %s', async (_, name, stored) => {
    const { service, seed } = context;
    const user = await seed.user();
    expect((await userOf(await service.update(user.id, { name }))).name).toBe(stored);
    expect((await seed.eventsOf(user.ulid))[1]?.data.to).toBe(stored);
  });

  it.each(['invited', 'expired'] as const)('is possible for a user who is %s', async (status) => {
    const user = await context.seed.user({ status });
    expect(await userOf(await context.service.update(user.id, { name: 'Ada' }))).toMatchObject({ name: 'Ada', status });
  });

  it('keeps a custom role as it is', async () => {
    const user = await context.seed.user({ role: 'custom:r1' });
    const body = await userOf(await context.service.update(user.id, { name: 'Ada' }));
    expect(body.role).toEqual({ type: 'custom', id: 'r1' });
  });

  it('takes ids with their padding percent-encoded', async () => {
    const user = await context.seed.user();
    const id = base64(`User:${user.ulid}`).replaceAll('=', '%3D');
    expect(id).toContain('%3D');
    expect((await userOf(await context.service.update(id, { name: 'Ada' }))).id).toBe(user.id);
  });

  it('lets an admin revoke their own developer permission, and go on', async () => {
    const { service, seed } = context;
    const admin = await seed.user({ role: 'admin' });
    const revoked = await service.update(admin.id, { is_developer: false }, { key: admin.key });
    expect((await userOf(revoked)).is_developer).toBe(false);
    const granted = await service.update(admin.id, { is_developer: true }, { key: admin.key });
    expect((await userOf(granted)).is_developer).toBe(true);
  });
});

describe('what is so already', () => {
  it.each<[string, object]>([
    ['name', { name: 'Zo\u00eb' }],
    ['name between white space', { name: '\u3000Zo\u00eb\u00a0' }],
    ['decomposed name', { name: 'Zoe\u0308' }],
    ['permission', { is_developer: true }],
    ['name and permission', { name: 'Zo\u00eb', is_developer: true }],
  ])('leaves ETag and log alone: the same %s', async (_, body) => {
    const { service, seed } = context;
    const user = await seed.user({ name: 'Zo\u00eb', isDeveloper: true });
    const answer = await service.update(user.id, body);
    expect(etagOf(answer)).toBe('"0"');
    expect(await userOf(answer)).toMatchObject({ name: 'Zo\u00eb', is_developer: true });
    expect(await typesOf(user.ulid)).toEqual(['UserAdded']);
  });

  it('appends only the half that changes', async () => {
    const { service, seed } = context;
    const user = await seed.user({ isDeveloper: true });
    const answer = await service.update(user.id, { name: 'Ada', is_developer: true });
    expect(etagOf(answer)).toBe('"1"');
    await userOf(answer);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed']);
  });
});

describe('400', () => {
  it.each<[string, string, string]>([
    ['an empty object', '{}', 'body'],
    ['an array', '[]', 'body'],
    ['an array of a change', '[{"name":"Ada"}]', 'body'],
    ['null', 'null', 'body'],
    ['a string', '"Ada"', 'body'],
    ['a number', '1', 'body'],
    ['a boolean', 'true', 'body'],
    ['an unknown member', '{"email":"a@example.com"}', 'email'],
    ['an unknown member beside a known one', '{"name":"Ada","role":"admin"}', 'role'],
    ['a member of another spelling', '{"isDeveloper":true}', 'isDeveloper'],
    ['a member that every object has', '{"name":"Ada","constructor":1}', 'constructor'],
    ['a method that every object has', '{"name":"Ada","toString":1}', 'toString'],
    ...['null', '1', 'true', '[]', '["Ada"]', '{}'].map((value): [string, string, string] => [
      `name ${value}`,
      `{"name":${value},"is_developer":true}`,
      'name',
    ]),
    ...['null', '"true"', '"false"', '""', '1', '0', '[]', '[true]', '{}'].map((value): [string, string, string] => [
      `is_developer ${value}`,
      `{"name":"Ada","is_developer":${value}}`,
      'is_developer',
    ]),
  ])('%s', async (_, body, field) => {
    const { service, seed } = context;
    const user = await seed.user();
    const problem = await problemOf(await service.update(user.id, body), 400);
    expect(problem.errors).toEqual([{ field, message: expect.any(String) }]);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded']);
  });

  it.each<[string, string]>([
    ['empty', ''],
    ['white space alone', ' \t\u00a0\u3000\u2003\n'],
    ['256 characters', 'x'.repeat(256)],
    ['256 characters beyond the first plane', '😀'.repeat(256)],
    ['NUL within', 'a\u0000b'],
    ['NUL at the end', 'Ada\u0000'],
    ['a control character', 'a\u0007b'],
    ['a line feed within', 'a\nb'],
    ['a C1 control character', 'a\u009fb'],
    ['DEL', 'a\u007fb'],
    ['an unpaired surrogate', 'a\ud800'],
    ['an unpaired low surrogate', '\udc00a'],
    ['a right-to-left override', 'a\u202eb'],
    ['a left-to-right override', 'a\u202db'],
    ['an isolate', 'a\u2066b'],
    ['zero width only', '\u200b\u200d'],
    ['word joiners only', '\u2060\u2060'],
    ['fillers only', '\u3164'],
  ])('a name that is %s', async (_, name) => {
    const { service, seed } = context;
    const user = await seed.user();
    const problem = await problemOf(await service.update(user.id, { name, is_developer: false }), 400);
    expect(problem.errors).toEqual([{ field: 'name', message: expect.stringMatching(/^(must|contains|may) /) }]);
    expect(problem.detail).toBe(`The request is not as documented. name ${problem.errors?.[0]?.message}.`);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded']);
  });

  it.each([
    ['no base64', 'not-base64!'],
    ['no type', base64('01J00000000000000000000000')],
    ['nothing after the type', base64('User:')],
    ['no padding', base64(`User:${'0'.repeat(26)}`).replace(/=+$/, '')],
    ['a bare ULID', '01J00000000000000000000000'],
  ])('an id with %s', async (_, id) => {
    const problem = await problemOf(await context.service.update(id, { name: 'Ada' }), 400);
    expect(problem.errors).toEqual([{ field: 'user_id', message: expect.any(String) }]);
  });
});

describe('403', () => {
  const unchanged = { name: 'Grace Hopper' };
  it.each<[string, { role: string; permissions?: string[] }, object]>([
    ['a member: name', { role: 'member' }, { name: 'Ada' }],
    ['a member: name unchanged', { role: 'member' }, unchanged],
    ['a member: is_developer', { role: 'member' }, { is_developer: false }],
    ['an annotator who may read: name', { role: 'annotator', permissions: ['USER_READ'] }, { name: 'Ada' }],
    ['a custom role that may read: name', { role: 'custom:admin', permissions: ['USER_READ'] }, { name: 'Ada' }],
    ['USER_UPDATE: is_developer', { role: 'member', permissions: ['USER_UPDATE'] }, { is_developer: false }],
    ['USER_UPDATE: is_developer unchanged', { role: 'member', permissions: ['USER_UPDATE'] }, { is_developer: true }],
    ['USER_UPDATE: both', { role: 'member', permissions: ['USER_UPDATE'] }, { name: 'Ada', is_developer: false }],
    [
      'USER_UPDATE: name, and is_developer unchanged',
      { role: 'member', permissions: ['USER_UPDATE'] },
      { name: 'Ada', is_developer: true },
    ],
    ['USER_CREATE: name', { role: 'member', permissions: ['USER_CREATE', 'USER_DELETE'] }, { name: 'Ada' }],
  ])('%s', async (_, caller, body) => {
    const { service, seed } = context;
    const [{ key }, user] = [await seed.user(caller), await seed.user()];
    await problemOf(await service.update(user.id, body, { key }), 403);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded']);
  });

  it('a member for themselves', async () => {
    const member = await context.seed.user();
    await problemOf(await context.service.update(member.id, { name: 'Ada' }, { key: member.key }), 403);
    expect(await typesOf(member.ulid)).toEqual(['UserAdded']);
  });

  it.each<[string, () => Promise<string>]>([
    ['exists', async () => (await context.seed.user()).id],
    ['does not exist', () => Promise.resolve(encodeUserId(ulid()))],
    ['is of another type', () => Promise.resolve(base64(`ApiKey:${ulid()}`))],
    ['is no ULID', () => Promise.resolve(base64('User:nobody'))],
    ['is removed', async () => (await context.seed.user({ status: 'removed' })).id],
  ])('an annotator without USER_READ, where the user %s', async (_, idOf) => {
    const { service, seed } = context;
    const [{ key }, id] = [await seed.user({ role: 'annotator', permissions: ['USER_UPDATE'] }), await idOf()];
    const written = await problemOf(await service.update(id, { name: 'Ada' }, { key }), 403);
    const read = await problemOf(await service.request(`/v2/users/${id}`, { key }), 403);
    expect([written.type, read.type]).toEqual(['/problems/users-not-readable', '/problems/users-not-readable']);
  });
});

describe('USER_UPDATE', () => {
  it('lets a member name users, and the log says why', async () => {
    const { service, seed } = context;
    const [caller, user] = [await seed.user({ permissions: ['USER_UPDATE'] }), await seed.user()];
    expect((await userOf(await service.update(user.id, { name: 'Ada' }, caller))).name).toBe('Ada');
    expect((await seed.eventsOf(user.ulid))[1]?.metadata).toMatchObject({
      rule: 'permission:USER_UPDATE',
      actor: { userId: caller.ulid, name: caller.name, role: 'member', apiKeyId: caller.keyId },
    });
  });

  it('lets an annotator with USER_READ name users, until it is revoked', async () => {
    const { service, seed } = context;
    const caller = await seed.user({ role: 'annotator', permissions: ['USER_READ', 'USER_UPDATE'] });
    const user = await seed.user();
    await userOf(await service.update(user.id, { name: 'Ada' }, caller));
    await seed.happened({ type: 'PermissionRevoked', data: { userId: caller.ulid, permission: 'USER_UPDATE' } });
    await problemOf(await service.update(user.id, { name: 'Eve' }, caller), 403);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed']);
  });
});

describe('404', () => {
  it('is the same answer for whoever is not there', async () => {
    const { service, seed } = context;
    const [stranger, removed] = [
      await seed.user({ accountId: await seed.account() }),
      await seed.user({ status: 'removed' }),
    ];
    const ids = [
      encodeUserId(ulid()),
      stranger.id,
      removed.id,
      base64(`ApiKey:${removed.ulid}`),
      base64(`Account:${seed.accountId}`),
      base64('User:nobody'),
      encodeUserId(removed.ulid.toLowerCase()),
    ];
    for (const method of ['PATCH', 'GET']) {
      const answers = new Set<string>();
      for (const id of ids) {
        const path = `/v2/users/${id}`;
        const init = { headers: { 'content-type': 'application/json' }, body: '{"name":"Ada"}' };
        const answer = await service.request(path, method === 'GET' ? {} : { method, ...init });
        const { instance, request_id: _, ...problem } = await problemOf(answer, 404);
        expect(instance).toBe(path);
        const names = [...answer.headers.keys()].filter((name) => name !== 'content-length');
        answers.add(JSON.stringify([problem, names]));
      }
      expect(answers.size).toBe(1);
    }
    expect(await typesOf(stranger.ulid)).toEqual(['UserAdded']);
    expect(await typesOf(removed.ulid)).toEqual(['UserAdded', 'UserRemoved']);
  });

  it('keeps accounts apart also for the admin of another', async () => {
    const { service, seed } = context;
    const [{ key }, user] = [await seed.user({ role: 'admin', accountId: await seed.account() }), await seed.user()];
    await problemOf(await service.update(user.id, { name: 'Ada' }, { key }), 404);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded']);
  });
});
