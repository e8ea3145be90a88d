import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { PERMISSIONS } from '../../src/users/domain/permission.js';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import { post } from '../support/new-user.js';
import { problemOf, withService } from './with-service.js';

const context = withService();
type Init = { key?: string; headers?: Record<string, string> };
const path = (id: string) => `/v2/users/${id}/permissions`;
const get = (id: string, init: Init = {}) => context.service.request(path(id), init);
const put = (id: string, body: unknown, init: Init = {}) =>
  post(context.service, path(id), body, { method: 'PUT', ...init });

async function held(answer: Response): Promise<unknown> {
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status: 200, text });
  return JSON.parse(text);
}

describe('permissions', () => {
  it('are set as wished, in one append, and count on the next request', async () => {
    const { seed } = context;
    const user = await seed.user({ role: 'annotator', permissions: ['USER_UPDATE', 'USER_DELETE'] });
    await problemOf(await get(user.id, user), 403);
    const permissions = ['USER_READ', 'AUDIT_READ', 'USER_DELETE'];
    const answer = await put(user.id, { permissions });
    expect(answer.headers.get('etag')).toBe('"5"');
    expect(await held(answer)).toEqual({ permissions: [...permissions].sort() });
    const events = (await seed.eventsOf(user.ulid)).slice(3);
    expect(events.map(({ type, data }) => [type, data.permission])).toEqual([
      ['PermissionGranted', 'AUDIT_READ'],
      ['PermissionGranted', 'USER_READ'],
      ['PermissionRevoked', 'USER_UPDATE'],
    ]);
    expect(events[0]?.metadata).toEqual(events[2]?.metadata);
    const own = await get(user.id, user);
    expect(own.headers.get('etag')).toBe('"5"');
    expect(await held(own)).toEqual({ permissions: [...permissions].sort() });
  });
  it('that are held already are no event', async () => {
    const user = await context.seed.user({ permissions: ['USER_READ'] });
    const answer = await put(user.id, { permissions: ['USER_READ'] });
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(await held(answer)).toEqual({ permissions: ['USER_READ'] });
    expect(await context.seed.eventsOf(user.ulid)).toHaveLength(2);
  });
  it('can be all, and none', async () => {
    const user = await context.seed.user();
    expect(await held(await put(user.id, { permissions: PERMISSIONS }))).toEqual({
      permissions: [...PERMISSIONS].sort(),
    });
    expect(await held(await put(user.id, { permissions: [] }))).toEqual({ permissions: [] });
  });
  it('are set at the revision named, and once for a key', async () => {
    const user = await context.seed.user();
    const stale = await put(user.id, { permissions: ['USER_READ'] }, { headers: { 'if-match': '"9"' } });
    expect(stale.headers.get('etag')).toBe('"0"');
    await problemOf(stale, 412);
    const headers = { 'if-match': '"0"', 'idempotency-key': ulid() };
    const first = await held(await put(user.id, { permissions: ['USER_READ'] }, { headers }));
    await held(await put(user.id, { permissions: [] }));
    expect(await held(await put(user.id, { permissions: ['USER_READ'] }, { headers }))).toEqual(first);
    await problemOf(await put(user.id, { permissions: ['AUDIT_READ'] }, { headers }), 422);
    expect(await held(await get(user.id))).toEqual({ permissions: [] });
  });
  it('are told in the audit trail with what was held before', async () => {
    const { service, seed } = context;
    const user = await seed.user({ permissions: ['USER_READ'] });
    const answer = await put(user.id, { permissions: ['AUDIT_READ'] });
    const headers = { 'x-wait-for-position': answer.headers.get('x-position') ?? '' };
    const history = await service.request(`/v2/users/${user.id}/history?field=permissions&limit=2`, { headers });
    const { audit_events } = (await history.json()) as { audit_events: object[] };
    expect(audit_events).toMatchObject([
      { type: 'PermissionRevoked', changes: [{ before: ['AUDIT_READ', 'USER_READ'], after: ['AUDIT_READ'] }] },
      { type: 'PermissionGranted', changes: [{ before: ['USER_READ'], after: ['AUDIT_READ', 'USER_READ'] }] },
    ]);
  });
});

describe('refused', () => {
  it.each<[string, unknown, string]>([
    ['nothing', {}, 'permissions'],
    ['an unknown one', { permissions: ['USER_READ', 'ROOT'] }, 'permissions'],
    ['one twice', { permissions: ['USER_READ', 'USER_READ'] }, 'permissions'],
    ['no list', { permissions: 'USER_READ' }, 'permissions'],
    ['null', { permissions: null }, 'permissions'],
    ['a list in a list', { permissions: [['USER_READ']] }, 'permissions'],
    ['another member', { permissions: [], role: 'admin' }, 'role'],
    ['a list alone', [], 'body'],
  ])('%s', async (_, body, field) => {
    const { errors } = await problemOf(await put((await context.seed.user()).id, body), 400);
    expect(errors).toEqual([{ field, message: expect.any(String) }]);
  });
  it('whoever is no admin, whatever they hold, and the attempt is kept', async () => {
    const { seed } = context;
    const user = await seed.user();
    const caller = await seed.user({ permissions: PERMISSIONS });
    const annotator = await seed.user({ role: 'annotator' });
    const permissions = ['USER_READ'];
    await problemOf(await put(caller.id, { permissions }, caller), 403);
    await problemOf(await put(user.id, { permissions }, annotator), 403);
    await problemOf(await put(encodeUserId(ulid()), { permissions }, annotator), 403);
    await problemOf(await put(encodeUserId(ulid()), { permissions }, caller), 404);
    await problemOf(await put(user.id, { permissions }, { key: '' }), 401);
    const denied = await seed.eventsIn(`denied-${seed.accountId}`);
    const told = denied.filter(({ metadata }) => [caller.ulid, annotator.ulid].includes(metadata.actor.userId));
    expect(told).toHaveLength(3);
    const action = { action: 'setPermissions', fields: ['permissions'], missing: 'account_admin' };
    expect(told[0]?.data).toEqual({ ...action, targetId: caller.ulid });
  });
  it('users that are not there', async () => {
    const { seed } = context;
    const ids = [(await seed.user({ status: 'removed' })).id, encodeUserId(ulid())];
    ids.push((await seed.user({ accountId: await seed.account() })).id);
    for (const id of ids) {
      await problemOf(await get(id), 404);
      await problemOf(await put(id, { permissions: [] }), 404);
    }
    await problemOf(await get('nonsense'), 400);
  });
});
