import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import type { Someone } from '../support/seed.js';
import { problemOf, withService } from './with-service.js';

const context = withService();
const remove = (id: string, key?: string, headers: Record<string, string> = {}) =>
  context.service.request(`/v2/users/${id}`, { method: 'DELETE', headers, ...(key !== undefined && { key }) });
const typesOf = async ({ ulid: id }: Someone) => (await context.seed.eventsOf(id)).map(({ type }) => type);

async function gone(answer: Response): Promise<void> {
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status: 204, text: '' });
}

/** An account with so many admins, and nobody else. */
async function admins(count: number): Promise<Someone[]> {
  const accountId = await context.seed.account();
  const made: Someone[] = [];
  while (made.length < count) made.push(await context.seed.user({ role: 'admin', accountId }));
  return made;
}

describe('a user removed', () => {
  it('is gone for good, key and all, and may be removed again', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const answer = await remove(user.id);
    expect(answer.headers.get('x-position')).toMatch(/^[A-Za-z0-9+/]+=*$/);
    await gone(answer);
    await problemOf(await service.request(`/v2/users/${user.id}`, { key: user.key }), 401);
    await problemOf(await service.request(`/v2/users/${user.id}`), 404);
    await problemOf(await service.update(user.id, { name: 'Ada' }), 404);
    await gone(await remove(user.id));
    expect(await typesOf(user)).toEqual(['UserAdded', 'UserRemoved']);
  });
  it.each(['invited', 'expired'] as const)('may be one who is %s', async (status) => {
    await gone(await remove((await context.seed.user({ status })).id));
  });
  it('by USER_DELETE, even without the right to read', async () => {
    const { key } = await context.seed.user({ role: 'annotator', permissions: ['USER_DELETE'] });
    const user = await context.seed.user();
    await gone(await remove(user.id, key));
    expect((await context.seed.eventsOf(user.ulid))[1]?.metadata.rule).toBe('permission:USER_DELETE');
  });
  it('with a key of the caller’s choice is one removal; the key is good for no other', async () => {
    const [user, other] = [await context.seed.user(), await context.seed.user()];
    const headers = { 'idempotency-key': ulid() };
    await gone(await remove(user.id, undefined, headers));
    await gone(await remove(user.id, undefined, headers));
    await problemOf(await remove(other.id, undefined, headers), 422);
    expect(await typesOf(other)).toEqual(['UserAdded']);
  });
});

describe('an admin', () => {
  it('is let go by the account first, and only while another remains', async () => {
    const [first, second] = (await admins(2)) as [Someone, Someone];
    await gone(await remove(second.id, first.key));
    await gone(await remove(second.id, first.key));
    expect((await remove(first.id, first.key)).status).toBe(422);
  });
  it('who is the last one stays, whoever asks', async () => {
    const [only] = (await admins(1)) as [Someone];
    const accountId = (await context.seed.eventsOf(only.ulid))[0]?.metadata.accountId ?? '';
    const { key } = await context.seed.user({ accountId, permissions: ['USER_DELETE'] });
    await context.seed.user({ accountId, role: 'admin', status: 'invited' });
    expect((await problemOf(await remove(only.id, key), 422)).type).toBe('/problems/last-admin');
    expect(await typesOf(only)).toEqual(['UserAdded']);
  });
  it('who removes another who removes them: one of the two stays', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = (await admins(2)) as [Someone, Someone];
      const answers = await Promise.all([remove(b.id, a.key), remove(a.id, b.key)]);
      const removed = [...(await typesOf(a)), ...(await typesOf(b))].filter((type) => type === 'UserRemoved');
      expect([answers.map(({ status }) => status).includes(204), removed]).toEqual([true, ['UserRemoved']]);
    }
  });
});

describe('refused', () => {
  it('oneself', async () => {
    const { service, seed } = context;
    expect((await problemOf(await remove(service.admin.user_id), 422)).type).toBe('/problems/own-removal');
    const user = await seed.user({ permissions: ['USER_DELETE'] });
    await problemOf(await remove(user.id, user.key), 422);
  });
  it('no id, nobody, and users of others', async () => {
    const { seed } = context;
    const stranger = await seed.user({ accountId: await seed.account() });
    await problemOf(await remove('nonsense'), 400);
    for (const id of [encodeUserId(ulid()), stranger.id]) await problemOf(await remove(id), 404);
    expect(await typesOf(stranger)).toEqual(['UserAdded']);
  });
  it('without the right: kept; 404 comes before it for who may read', async () => {
    const { seed } = context;
    const [user, removed] = [await seed.user(), await seed.user({ status: 'removed' })];
    const [member, annotator] = [await seed.user(), await seed.user({ role: 'annotator' })];
    await problemOf(await remove(user.id, ''), 401);
    await problemOf(await remove(user.id, member.key), 403);
    for (const id of [removed.id, encodeUserId(ulid())]) {
      await problemOf(await remove(id, member.key), 404);
      await problemOf(await remove(id, annotator.key), 403);
    }
    const denied = await seed.eventsIn(`denied-${seed.accountId}`);
    const told = denied.filter(({ metadata }) => [member.ulid, annotator.ulid].includes(metadata.actor.userId));
    expect(told).toHaveLength(3);
    const data = { action: 'removeUser', targetId: user.ulid, fields: [], missing: 'permission:USER_DELETE' };
    expect(told[0]?.data).toEqual(data);
  });
});
