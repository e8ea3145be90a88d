import { describe, expect, it } from '@jest/globals';
import type { UserCloudEvent } from '../../src/users/contract/cloud-event.js';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import { problemOf, withService } from './with-service.js';

const context = withService();
const enc = encodeURIComponent;
type Page = Readonly<{ events: UserCloudEvent[]; pagination: { has_more: boolean; next_cursor: string } }>;
type Asked = Readonly<{ key?: string; headers?: Record<string, string>; method?: string }>;

const get = (query = '', asked: Asked = {}): Promise<Response> =>
  context.service.request(`/v2/user-events${query}`, asked);

async function page(query = '', asked: Asked = {}): Promise<Page> {
  const answer = await get(query, asked);
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status: 200, text });
  return JSON.parse(text) as Page;
}

type Walk = Asked & Readonly<{ from?: string; between?: () => Promise<unknown> }>;

/** Every page from the first, or after a cursor, until there is no more. */
async function walk(query: string, { from, between, ...asked }: Walk = {}): Promise<Page> {
  const events: UserCloudEvent[] = [];
  for (let cursor = from; ;) {
    const next = await page(`?${query}${cursor === undefined ? '' : `&after=${enc(cursor)}`}`, asked);
    events.push(...next.events);
    if (!next.pagination.has_more) return { ...next, events };
    cursor = next.pagination.next_cursor;
    await between?.();
  }
}

/** What the log holds of users, in commit order, as any consumer reads it. */
const committed = async (accountId = context.seed.accountId): Promise<string[]> =>
  (await context.seed.userEvents()).filter(({ metadata }) => metadata.accountId === accountId).map(({ id }) => id);
const idsOf = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id);

describe('pages', () => {
  it.each(['1', '3', '100'])('of %s tell every event once and in order, while writers write', async (limit) => {
    const { service, seed } = context;
    const users = [await seed.user(), await seed.user({ permissions: ['USER_READ'] }), await seed.user()];
    let writing = true;
    const writer = async (id: string): Promise<void> => {
      for (let n = 0; writing; n++) await (await service.update(id, { name: `name ${n}` })).arrayBuffer();
    };
    const writers = users.map(({ id }) => writer(id));
    let pages = 0;
    const between = async (): Promise<void> => {
      if (++pages === 60) writing = false;
      if (pages >= 60) await Promise.all(writers);
    };
    const walked = await walk(`limit=${limit}`, { between });
    writing = false;
    await Promise.all(writers);
    const rest = await walk(`limit=${limit}`, { from: walked.pagination.next_cursor });
    expect(idsOf([...walked.events, ...rest.events])).toEqual(await committed());
  });

  it('move past events that the filter leaves out', async () => {
    const { service, seed } = context;
    const before = (await walk('type=UserRemoved')).pagination.next_cursor;
    const user = await seed.user();
    const { headers } = await service.update(user.id, { is_developer: false });
    const waiting = { headers: { 'x-wait-for-position': headers.get('x-position') ?? '' } };
    const none = await page(`?type=UserRemoved&after=${enc(before)}`, waiting);
    expect(none).toEqual({ events: [], pagination: { has_more: false, next_cursor: expect.any(String) } });
    expect(none.pagination.next_cursor).not.toBe(before);
    await seed.happened({ type: 'UserRemoved', data: { userId: user.ulid } });
    const after = await page(`?type=UserRemoved&after=${enc(none.pagination.next_cursor)}`);
    expect(after.events).toMatchObject([{ type: 'UserRemoved', subject: user.id }]);
  });

  it('include the write whose position they wait for', async () => {
    const user = await context.seed.user();
    let { next_cursor: cursor } = (await walk('limit=100')).pagination;
    for (let n = 0; n < 20; n++) {
      const { headers } = await context.service.update(user.id, { name: `waited for ${n}` });
      const waiting = { headers: { 'x-wait-for-position': headers.get('x-position') ?? '' } };
      const { events, pagination } = await page(`?after=${enc(cursor)}`, waiting);
      expect(events.map(({ data }) => (data as { to?: string }).to)).toEqual([`waited for ${n}`]);
      cursor = pagination.next_cursor;
    }
  });

  it('say nothing of other accounts, keys and refusals', async () => {
    const { service, seed } = context;
    const other = await seed.account();
    const stranger = await seed.user({ accountId: other, role: 'admin' });
    const member = await seed.user();
    expect((await service.update(member.id, { name: 'No' }, { key: member.key })).status).toBe(403);
    const theirs = await walk('', { key: stranger.key });
    expect(theirs.events).toMatchObject([{ type: 'UserAdded', subject: stranger.id }]);
    expect(idsOf(theirs.events)).toEqual(await committed(other));
    expect(JSON.stringify((await walk('')).events)).not.toContain(other);
    const { status } = await get(`?after=${enc(theirs.pagination.next_cursor)}`);
    expect(status).toBe(400);
  });

  it('answer HEAD as GET, without the body, as a stream too', async () => {
    const got = await get('?limit=1');
    for (const accept of ['application/json', 'text/event-stream']) {
      const head = await get('?limit=1', { method: 'HEAD', headers: { accept } });
      expect([head.status, await head.text()]).toEqual([200, '']);
      for (const name of ['content-type', 'content-length'])
        expect([name, head.headers.get(name)]).toEqual([name, got.headers.get(name)]);
    }
  });

  it('of some types are the same whatever the order of the types', async () => {
    const { pagination } = await page('?type=UserRenamed&type=UserAdded&limit=2');
    const [one, two] = [
      await page(`?type=UserAdded&type=UserRenamed&after=${enc(pagination.next_cursor)}`),
      await page(`?type=UserAdded&type=UserAdded&type=UserRenamed&after=${enc(pagination.next_cursor)}`),
    ];
    expect(idsOf(one.events)).toEqual(idsOf(two.events));
    expect(new Set(one.events.map(({ type }) => type))).toEqual(new Set(['UserRenamed', 'UserAdded']));
  });

  it('name users as the rest of the API does', async () => {
    const { events } = await page('?limit=1');
    const { subject, data } = events[0] ?? {};
    expect(subject).toBe(encodeUserId(data?.userId ?? ''));
    expect((await context.service.request(`/v2/users/${enc(subject ?? '')}`)).status).toBe(200);
  });
});

describe('is refused', () => {
  const stream = { accept: 'text/event-stream' };

  it.each([
    ['an unknown type', '?type=UserRenamed&type=Renamed', 'type'],
    ['a type that is no user event', '?type=ApiKeyIssued', 'type'],
    ['an empty type', '?type=', 'type'],
    ['a limit of 0', '?limit=0', 'limit'],
    ['a limit of 101', '?limit=101', 'limit'],
    ['a limit that is none', '?limit=ten', 'limit'],
    ['two limits', '?limit=1&limit=2', 'limit'],
    ['an unknown parameter', '?cursor=x', 'cursor'],
    ['a cursor that is none', '?after=x', 'after'],
    ['an empty cursor', '?after=', 'after'],
    ['two cursors', '?after=x&after=x', 'after'],
  ])('%s', async (_what, query, field) => {
    for (const headers of [{}, stream]) {
      const { errors } = await problemOf(await get(query, { headers }), 400);
      expect(errors?.map((fault) => fault.field)).toEqual([field]);
    }
  });

  it('a cursor of other types, or altered, wherever it stands', async () => {
    const { next_cursor: cursor } = (await page('?limit=1')).pagination;
    const altered = `${cursor.startsWith('W') ? 'X' : 'W'}${cursor.slice(1)}`;
    for (const [query, after] of [
      ['?type=UserAdded', cursor],
      ['?', altered],
      ['?', `${cursor}A`],
    ]) {
      const { errors } = await problemOf(await get(`${query}&after=${enc(after ?? '')}`), 400);
      expect(errors?.map(({ field }) => field)).toEqual(['after']);
      const resumed = await get(query, { headers: { ...stream, 'last-event-id': after ?? '' } });
      const problem = await problemOf(resumed, 400);
      expect(problem.errors?.map(({ field }) => field)).toEqual(['Last-Event-ID']);
    }
  });

  it('whoever has no key, or may not read the audit trail', async () => {
    const member = await context.seed.user();
    const auditor = await context.seed.user({ permissions: ['AUDIT_READ'] });
    const noApi = await context.seed.user({ permissions: ['AUDIT_READ'], isDeveloper: false });
    for (const headers of [{}, stream]) {
      await problemOf(await get('', { key: '', headers }), 401);
      await problemOf(await get('', { key: member.key, headers }), 403);
      await problemOf(await get('', { key: noApi.key, headers }), 403);
    }
    expect((await page('?limit=1', { key: auditor.key })).events).toHaveLength(1);
  });

  it('a position that is not reached in time', async () => {
    const never = Buffer.from(`Position:${10n ** 17n}`).toString('base64');
    const waiting = [{}, stream].map((headers) => get('', { headers: { ...headers, 'x-wait-for-position': never } }));
    for (const answer of await Promise.all(waiting)) {
      await problemOf(answer, 503);
      expect(answer.headers.get('retry-after')).not.toBeNull();
    }
  });
});
