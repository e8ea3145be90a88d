import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { emailClaimId } from '../../src/users/domain/account.js';
import { type NewUser, newUser, post } from '../support/new-user.js';
import { problemOf, type UserBody, withService } from './with-service.js';

const context = withService();
const create = (wish: Partial<NewUser> | string = {}, key?: string, headers?: Record<string, string>) =>
  post(context.service, '/v2/users', typeof wish === 'string' ? wish : newUser(wish), { key, headers });
const idOf = (body: UserBody) => Buffer.from(String(body.id), 'base64').toString().replace('User:', '');

/** The user created, whose answer must be this. */
async function created(answer: Response, status = 201): Promise<UserBody> {
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status, text });
  return JSON.parse(text) as UserBody;
}

describe('a user is created', () => {
  it('active at once, and the answer is the whole user, and how they came in', async () => {
    const wish = newUser({ name: ' Zoe\u0308 ' });
    const answer = await create(wish);
    const body = await created(answer);
    expect(body).toEqual({
      ...{ id: expect.any(String), name: 'Zo\u00eb', email: wish.email, status: 'active' },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ...{ role: { type: 'predefined', name: 'member' }, is_developer: true, invite_mode: 'none' },
    });
    expect(answer.headers.get('etag')).toBe('"0"');
    expect(answer.headers.get('x-position')).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const { invite_mode: _mode, ...user } = body;
    const found = await context.service.request(answer.headers.get('location') ?? '');
    expect([found.status, await found.json()]).toEqual([200, user]);
    const [event, ...more] = await context.seed.eventsOf(idOf(body));
    expect(more).toEqual([]);
    expect(event).toMatchObject({ type: 'UserAdded', metadata: { rule: 'account_admin' } });
  });
  it('invited, for as long as invitations are good for, with no token in the log', async () => {
    const body = await created(await create({ invite_mode: 'email_link' }));
    expect(body).toMatchObject({ status: 'invited', invite_mode: 'email_link' });
    const [event] = await context.seed.eventsOf(idOf(body));
    expect(event).toMatchObject({
      type: 'UserInvited',
      data: { tokenHash: expect.stringMatching(/^[0-9a-f]{64}$/), invitationId: expect.any(String) },
    });
    const days = (Date.parse(String(event?.data.expiresAt)) - Date.parse(String(body.created_at))) / 86_400_000;
    expect(days).toBeCloseTo(7, 3);
  });
  it.each([
    ['admin', undefined, true],
    ['member', undefined, true],
    ['annotator', undefined, false],
    ['annotator', true, true],
    ['member', false, false],
  ])('as %s with is_developer %p: %p', async (name, isDeveloper, is) => {
    const wish = {
      role: { type: 'predefined', name },
      ...(isDeveloper !== undefined && { is_developer: isDeveloper }),
    };
    expect(await created(await create(wish))).toMatchObject({ role: { name }, is_developer: is });
  });
});

describe('who is there already', () => {
  it('is answered unchanged while invited, whatever the case of the e-mail', async () => {
    const wish = newUser({ invite_mode: 'email_link' });
    const { invite_mode: _mode, ...first } = await created(await create(wish));
    const again = await create({ ...wish, name: 'Other', email: wish.email.toUpperCase() });
    expect(again.headers.get('etag')).toBe('"0"');
    expect(await created(again, 200)).toEqual(first);
    expect(await context.seed.eventsOf(idOf(first))).toHaveLength(1);
  });
  it('is invited anew once the invitation has lapsed', async () => {
    const user = await context.seed.user({ status: 'expired' });
    const answer = await create({ email: user.email, name: 'Other', invite_mode: 'email_link' });
    expect(await created(answer)).toMatchObject({
      ...{ id: user.id, name: user.name, status: 'invited', invite_mode: 'email_link' },
    });
    const types = (await context.seed.eventsOf(user.ulid)).map(({ type }) => type);
    expect(types).toEqual(['UserInvited', 'InvitationRenewed']);
  });
  it.each(['active', 'removed'] as const)('is a conflict where they are %s', async (status) => {
    const user = await context.seed.user({ status });
    const problem = await problemOf(await create({ email: user.email.toUpperCase() }), 409);
    expect(problem.type).toBe('/problems/email-taken');
  });
  it('in another account is nobody', async () => {
    const other = await context.seed.user({ accountId: await context.seed.account() });
    await created(await create({ email: other.email }));
  });
  it('is taken up where an e-mail was claimed and then nothing more happened', async () => {
    const [userId, email] = [ulid(), `${ulid().toLowerCase()}@example.com`];
    await context.seed.claimed(userId, email);
    expect(idOf(await created(await create({ email })))).toBe(userId);
    await problemOf(await create({ email }), 409);
  });
});

describe('safe repetition', () => {
  it('gives the same answer to the same key and request, whatever has happened since', async () => {
    const [wish, headers] = [newUser({ invite_mode: 'email_link' }), { 'idempotency-key': ulid() }];
    const first = await created(await create(wish, undefined, headers));
    await context.service.update(String(first.id), { name: 'Later' });
    const again = await create(wish, undefined, headers);
    expect(again.headers.get('location')).toBe(`/v2/users/${encodeURIComponent(String(first.id))}`);
    expect(await created(again)).toEqual(first);
    await problemOf(await create({ ...wish, name: 'Other' }, undefined, headers), 422);
  });
  it('also where nothing was changed', async () => {
    const user = await context.seed.user({ status: 'invited' });
    const [wish, headers] = [newUser({ email: user.email }), { 'idempotency-key': ulid() }];
    const first = await created(await create(wish, undefined, headers), 200);
    await context.service.update(user.id, { name: 'Later' });
    expect(await created(await create(wish, undefined, headers), 200)).toEqual(first);
  });
  it('of many at once lets one win', async () => {
    const wish = newUser();
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(wish)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
  });
});

describe('400', () => {
  const good = newUser();
  const { name: _name, ...nameless } = good;
  it.each<[string, unknown, string]>([
    ['no object', [], 'body'],
    ['no name', nameless, 'name'],
    ['an empty name', { ...good, name: ' ' }, 'name'],
    ['no e-mail', { ...good, email: undefined }, 'email'],
    ...['', 'ada', '@example.com', 'ada@', 'ada@example', 'a b@example.com', 'ada@-x.com', 'ada@exa\u0000mple.com'].map(
      (email): [string, unknown, string] => [`the e-mail ${JSON.stringify(email)}`, { ...good, email }, 'email'],
    ),
    ['an e-mail with a line feed', { ...good, email: 'ada@example.com\n' }, 'email'],
    ['a long e-mail', { ...good, email: `ada@${'x'.repeat(60)}.${'y.'.repeat(120)}com` }, 'email'],
    ['e-mails', { ...good, email: ['ada@example.com'] }, 'email'],
    ['a role by name', { ...good, role: 'admin' }, 'role'],
    ['no role', { ...good, role: null }, 'role'],
    ['an unknown role', { ...good, role: { type: 'predefined', name: 'owner' } }, 'role'],
    ['a role with more', { ...good, role: { type: 'predefined', name: 'member', x: 1 } }, 'role'],
    ['a role of two kinds', { ...good, role: { type: 'predefined', name: 'member', id: 'r' } }, 'role'],
    ['a custom role without id', { ...good, role: { type: 'custom' } }, 'role'],
    ['an unknown mode', { ...good, invite_mode: 'pigeon' }, 'invite_mode'],
    ['no mode', { ...good, invite_mode: undefined }, 'invite_mode'],
    ['is_developer null', { ...good, is_developer: null }, 'is_developer'],
    ['is_developer "true"', { ...good, is_developer: 'true' }, 'is_developer'],
    ['an unknown member', { ...good, status: 'active' }, 'status'],
    ['a member that every object has', { ...good, constructor: 1 }, 'constructor'],
  ])('%s', async (_, body, field) => {
    const { errors } = await problemOf(await create(JSON.stringify(body)), 400);
    expect(errors).toEqual([{ field, message: expect.any(String) }]);
  });
});

describe('422', () => {
  it.each<[string, Partial<NewUser>, string]>([
    ['a custom role', { role: { type: 'custom', id: 'r1' } }, 'role-not-assignable'],
    ['a password', { invite_mode: 'temporary_password' }, 'invite-mode-not-supported'],
  ])('%s', async (_, wish, problem) => {
    const body = newUser(wish);
    expect((await problemOf(await create(body), 422)).type).toBe(`/problems/${problem}`);
    expect(await context.seed.eventsIn(`useremail-${emailClaimId(context.seed.accountId, body.email)}`)).toEqual([]);
  });
});

describe('who may', () => {
  const admin = { role: { type: 'predefined', name: 'admin' } };
  it('USER_CREATE suffices, even without the right to read', async () => {
    const { key } = await context.seed.user({ role: 'annotator', permissions: ['USER_CREATE'] });
    const body = await created(await create({}, key));
    const [event] = await context.seed.eventsOf(idOf(body));
    expect(event?.metadata.rule).toBe('permission:USER_CREATE');
  });
  it.each<[string, string, string[], Partial<NewUser>, string]>([
    ['a member', 'member', [], {}, 'permission:USER_CREATE'],
    ['an annotator', 'annotator', ['USER_READ'], {}, 'permission:USER_CREATE'],
    ['USER_CREATE alone, an admin', 'member', ['USER_CREATE'], admin, 'account_admin'],
  ])('not %s, and the attempt is kept', async (_, role, permissions, wish, missing) => {
    const caller = await context.seed.user({ role, permissions });
    await problemOf(await create(wish, caller.key), 403);
    await problemOf(await create({ ...wish, invite_mode: 'temporary_password' }, caller.key), 403);
    const denied = await context.seed.eventsIn(`denied-${context.seed.accountId}`);
    const theirs = denied.filter(({ metadata }) => metadata.actor.userId === caller.ulid);
    expect(theirs.map(({ data }) => data)).toEqual(
      [1, 2].map(() => ({
        action: 'createUser',
        targetId: '0'.repeat(26),
        fields: ['name', 'email', 'role'],
        missing,
      })),
    );
  });
  it('the body is judged first, and the key before it', async () => {
    const { key } = await context.seed.user();
    await problemOf(await create('{}', key), 400);
    await problemOf(await create('{}', ''), 401);
    await problemOf(await create('{}', key, { 'content-type': 'text/plain' }), 415);
    await problemOf(await create({ name: 'x'.repeat(20_000) }, key), 413);
    await problemOf(await create({}, key, { 'idempotency-key': 'a b' }), 400);
  });
});
