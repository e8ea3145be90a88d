import { describe, expect, it } from '@jest/globals';
import type { Someone } from '../support/seed.js';
import { problemOf, withService } from './with-service.js';

type Event = Readonly<{
  id: string;
  position: string;
  type: string;
  occurred_at: string;
  outcome: string;
  actor: Record<string, unknown>;
  target: Record<string, unknown>;
  changes: readonly Record<string, unknown>[];
  authorization: { rule: string };
  context: Record<string, unknown>;
}>;
type Page = Readonly<{ audit_events: Event[]; pagination: { has_more: boolean; next_cursor?: string } }>;

const context = withService();
const enc = encodeURIComponent;

async function page(query: string, headers: Record<string, string> = {}, key?: string): Promise<Page> {
  const answer = await context.service.request(`/v2/${query}`, { headers, ...(key !== undefined && { key }) });
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status: 200, text });
  return JSON.parse(text) as Page;
}
const historyOf = (user: Someone, query = '') => `users/${enc(user.id)}/history?${query}`;

/** Updates a user; resolves to what makes a reader wait for it. */
async function updated(user: Someone, body: unknown): Promise<Record<string, string>> {
  const answer = await context.service.update(user.id, body, { headers: { 'x-request-id': `of-${user.ulid}` } });
  expect(answer.status).toBe(200);
  return { 'x-wait-for-position': answer.headers.get('x-position') ?? '' };
}

describe('what was changed', () => {
  it('is told with before and after, who, by what right, and in which request', async () => {
    const user = await context.seed.user({ isDeveloper: false, name: 'Ada' });
    const written = await updated(user, { name: 'Ada Lovelace', is_developer: true });
    const { audit_events: events } = await page(historyOf(user, 'request_id=of-' + user.ulid), written);
    expect(events.map(({ type, changes }) => ({ type, changes }))).toEqual([
      { type: 'DeveloperPermissionGranted', changes: [{ field: 'is_developer', before: false, after: true }] },
      { type: 'UserRenamed', changes: [{ field: 'name', before: 'Ada', after: 'Ada Lovelace' }] },
    ]);
    const { service } = context;
    expect(events[1]).toEqual({
      ...{ id: expect.any(String), position: expect.stringMatching(/^\d+$/), type: 'UserRenamed', outcome: 'applied' },
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      actor: { user_id: service.admin.user_id, name: 'Admin', role: 'admin', api_key_id: expect.any(String) },
      target: { user_id: user.id, name: 'Ada' },
      changes: [{ field: 'name', before: 'Ada', after: 'Ada Lovelace' }],
      authorization: { rule: 'account_admin' },
      context: {
        ...{ ip: '127.0.0.1', user_agent: expect.any(String) },
        ...{ request_id: `of-${user.ulid}`, correlation_id: `of-${user.ulid}` },
      },
    });
    expect(Buffer.from(String(events[1]?.id), 'base64').toString()).toMatch(/^AuditEvent:[0-9a-f-]{36}$/);
  });
  it('is not told of what changed nothing', async () => {
    const user = await context.seed.user({ name: 'Ada' });
    const written = await updated(user, { name: ' Ada ' });
    const { audit_events: events } = await page(historyOf(user, 'order=asc'), written);
    expect(events.map(({ type }) => type)).toEqual(['UserAdded', 'ApiKeyIssued']);
  });
});

describe('a refused attempt', () => {
  it.each([
    ['by an annotator, of a name', 'annotator', { name: 'X' }, 'permission:USER_READ', ['name']],
    ['by a member, of a name', 'member', { name: 'X' }, 'permission:USER_UPDATE', ['name']],
    ['by a member, of both', 'member', { name: 'X', is_developer: true }, 'account_admin', ['name', 'is_developer']],
  ])('%s is kept before it is answered', async (_, role, body, missing, fields) => {
    const [caller, target] = [await context.seed.user({ role }), await context.seed.user({ name: 'Target' })];
    await problemOf(await context.service.update(target.id, body, { key: caller.key }), 403);
    const query = `audit-events?outcome=denied&actor_id=${enc(caller.id)}`;
    const { audit_events: events } = await told(query);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      ...{ type: 'AccessDenied', target: { user_id: target.id, name: 'Target' }, authorization: { rule: missing } },
      actor: { user_id: caller.id, role },
      changes: fields.map((field) => ({ field, before: null, after: null })),
    });
  });
  it('of a key whose owner may not use the API is kept, too; a refused reading is not', async () => {
    const [caller, target] = [await context.seed.user({ isDeveloper: false }), await context.seed.user()];
    await problemOf(await context.service.request(`/v2/users/${enc(target.id)}`, { key: caller.key }), 403);
    await problemOf(await context.service.update(target.id, { name: 'X' }, { key: caller.key }), 403);
    const { audit_events: events } = await told(`audit-events?outcome=denied&actor_id=${enc(caller.id)}`);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      ...{ target: { user_id: target.id }, authorization: { rule: 'developer_permission' }, changes: [] },
    });
  });

  /** Another write says where the log stood after the refusal. */
  async function told(query: string): Promise<Page> {
    return page(query, await updated(await context.seed.user(), { name: 'Later' }));
  }
});

describe('who may read it', () => {
  it('admins and AUDIT_READ; nobody else, and nobody of another account', async () => {
    const reader = await context.seed.user({ permissions: ['AUDIT_READ'] });
    const member = await context.seed.user();
    const other = await context.seed.user({ role: 'admin', accountId: await context.seed.account() });
    expect((await page('audit-events?limit=1', {}, reader.key)).audit_events).toHaveLength(1);
    for (const path of ['audit-events', 'audit-logs', `users/${enc(member.id)}/history`])
      await problemOf(await context.service.request(`/v2/${path}`, { key: member.key }), 403);
    const theirs = (await page('audit-events?limit=100', {}, other.key)).audit_events;
    expect(theirs.map(({ target }) => target.user_id)).toEqual([other.id, other.id]);
    await problemOf(await context.service.request(`/v2/users/${enc(member.id)}/history`, { key: other.key }), 404);
  });
  it('is itself kept, once a query, apart from the changes', async () => {
    const { service, seed } = context;
    const reader = await seed.user({ permissions: ['AUDIT_READ'] });
    const first = await page(`audit-events?type=UserAdded&limit=1`, {}, reader.key);
    await page(`audit-events?type=UserAdded&limit=1&cursor=${first.pagination.next_cursor ?? ''}`, {}, reader.key);
    const readings = await seed.eventsIn(`auditread-${seed.accountId}`);
    const mine = readings.filter(({ metadata }) => metadata.actor.userId === reader.ulid);
    expect(mine.map(({ type, data }) => ({ type, data }))).toEqual([
      { type: 'AuditTrailRead', data: { format: 'json', filters: ['type=UserAdded'] } },
    ]);
    expect((await (await service.request('/v2/audit-events?type=AuditTrailRead')).json()) as Page).toMatchObject({
      audit_events: [],
    });
  });
});

describe('wrong input', () => {
  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=x', 'limit'],
    ['from=yesterday', 'from'],
    ['to=2026-13-01T00:00:00Z', 'to'],
    ['outcome=maybe', 'outcome'],
    ['order=up', 'order'],
    ['actor_id=Ada', 'actor_id'],
    ['target_id=***', 'target_id'],
    ['acter_id=x', 'acter_id'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=abc', 'cursor'],
    ['cursor=WyIxIiwiMSJd.AAAAAAAAAAAAAAAAAAAAAA', 'cursor'],
    [Array.from({ length: 21 }, () => 'type=a').join('&'), 'type'],
  ])('%s is refused', async (query, field) => {
    const { errors } = await problemOf(await context.service.request(`/v2/audit-events?${query}`), 400);
    expect(errors?.map((error) => error.field)).toEqual([field]);
  });
  it('a cursor is good for its own list, filters and account alone', async () => {
    const reader = await context.seed.user({
      permissions: ['AUDIT_READ'],
      role: 'admin',
      accountId: await context.seed.account(),
    });
    const { pagination } = await page('audit-events?limit=1&outcome=applied');
    const cursor = pagination.next_cursor ?? '';
    expect((await page(`audit-events?limit=2&outcome=applied&cursor=${cursor}`)).audit_events).toHaveLength(2);
    for (const path of [
      'audit-events?',
      'audit-events?outcome=denied&',
      'audit-events?outcome=applied&order=asc&',
      'audit-logs?',
      'users?',
    ])
      await problemOf(await context.service.request(`/v2/${path}cursor=${cursor}`), 400);
    await problemOf(
      await context.service.request(`/v2/audit-events?outcome=applied&cursor=${cursor}`, { key: reader.key }),
      400,
    );
  });
  it('a history of nobody is not there', async () => {
    const nobody = Buffer.from('User:01JDZ7Y3Q9G1PKV5T9F6W8X2ZZ').toString('base64');
    await problemOf(await context.service.request(`/v2/users/${enc(nobody)}/history`), 404);
    await problemOf(await context.service.request('/v2/users/nonsense/history'), 400);
  });
});
