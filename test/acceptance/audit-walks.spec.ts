import { describe, expect, it } from '@jest/globals';
import { withService } from './with-service.js';

const context = withService();
const enc = encodeURIComponent;
type Event = Readonly<{ id: string; position: string; changes: readonly { after: string }[] }>;
type Page = Readonly<{ audit_events: Event[]; pagination: { has_more: boolean; next_cursor?: string } }>;

async function read(path: string, accept = 'application/json'): Promise<string> {
  const answer = await context.service.request(`/v2/${path}`, { headers: { accept } });
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status: 200, text });
  return text;
}

describe('pages, while writers write', () => {
  it.each(['asc', 'desc'])('tell each match once and in order (%s)', async (order) => {
    const { service, seed } = context;
    const user = await seed.user({ name: 'n0' });
    const rename = async (n: number): Promise<void> => {
      expect((await service.update(user.id, { name: `n${n}` })).status).toBe(200);
    };
    for (let n = 1; n <= 9; n++) await rename(n);
    const path = `users/${enc(user.id)}/history?type=UserRenamed&limit=2&order=${order}`;
    const seen: Event[] = [];
    for (let n = 10, cursor = ''; ; n++) {
      const page = JSON.parse(await read(`${path}${cursor}`)) as Page;
      seen.push(...page.audit_events);
      expect(page.pagination.has_more).toBe(page.pagination.next_cursor !== undefined);
      if (page.pagination.next_cursor === undefined) break;
      cursor = `&cursor=${enc(page.pagination.next_cursor)}`;
      await rename(n);
    }
    const names = Array.from({ length: 9 }, (_, i) => `n${i + 1}`);
    expect(seen.map(({ changes }) => changes[0]?.after)).toEqual(order === 'asc' ? names : names.reverse());
  });
});

describe('exports', () => {
  it('as NDJSON are the pages, a line each', async () => {
    const user = await context.seed.user();
    expect((await context.service.update(user.id, { name: 'Other', is_developer: false })).status).toBe(200);
    const path = `users/${enc(user.id)}/history?order=asc`;
    const lines = (await read(path, 'application/x-ndjson')).trimEnd().split('\n');
    const { audit_events: events } = JSON.parse(await read(path)) as Page;
    expect(events).toHaveLength(4);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
  });
  it('as CSV are quoted, and no formulas', async () => {
    const user = await context.seed.user({ name: '=1+1,"x"' });
    const text = await read(`users/${enc(user.id)}/history?type=UserAdded`, 'text/csv');
    const [head, line, end] = text.split('\r\n');
    expect(head).toMatch(/^id,position,type,occurred_at,outcome,actor_user_id,.*,correlation_id$/);
    expect(line).toContain(`,"'=1+1,""x""",`);
    expect(end).toBe('');
  });
});

it('the trail in the shape of the Arize audit log', async () => {
  const user = await context.seed.user();
  const answer = await context.service.update(user.id, { name: 'Log' });
  const position = answer.headers.get('x-position') ?? '';
  const logs = await context.service.request('/v2/audit-logs?limit=1', {
    headers: { 'x-wait-for-position': position },
  });
  expect(await logs.json()).toEqual({
    logs: [
      {
        ...{ id: expect.any(String), user_id: context.service.admin.user_id, ip: '127.0.0.1' },
        ...{ operation_type: 'MUTATION', operation_name: 'UserRenamed' },
        variables: JSON.stringify({ user_id: user.id, outcome: 'applied', name: 'Log' }),
        created_at: expect.any(String),
      },
    ],
    pagination: { has_more: true, next_cursor: expect.any(String) },
  });
  expect(JSON.parse(await read('audit-logs?operation_type=QUERY'))).toEqual({
    logs: [],
    pagination: { has_more: false },
  });
  const before = 'audit-logs?end_time=2020-01-01T00:00:00Z';
  expect(JSON.parse(await read(before))).toEqual({ logs: [], pagination: { has_more: false } });
});

describe('users, listed', () => {
  type Users = Readonly<{ users: { id: string; status: string }[]; pagination: { next_cursor?: string } }>;
  const list = async (query: string): Promise<Users> => JSON.parse(await read(`users?${query}`)) as Users;

  it('by status, developer permission and e-mail, oldest first, without the removed', async () => {
    const { seed } = context;
    const made = [];
    for (const status of ['active', 'invited', 'expired', 'removed'] as const) made.push(await seed.user({ status }));
    const [active, invited, expired, removed] = made;
    for (const [status, user] of Object.entries({ active, invited, expired }))
      expect((await list(`status=${status}&email=${user?.email.toUpperCase() ?? ''}`)).users).toMatchObject([
        { id: user?.id, status },
      ]);
    expect((await list(`email=${removed?.email ?? ''}`)).users).toEqual([]);
    const ids = (await list('limit=100')).users.map(({ id }) => id);
    expect(ids.slice(-3)).toEqual([active?.id, invited?.id, expired?.id]);
  });
  it('as they were, and in pages', async () => {
    const user = await context.seed.user();
    const before = new Date().toISOString();
    expect((await context.service.update(user.id, { is_developer: false, name: 'After' })).status).toBe(200);
    const query = `email=${user.email}&is_developer=true`;
    expect((await list(query)).users).toEqual([]);
    expect((await list(`${query}&as_of=${before}`)).users).toMatchObject([{ id: user.id, name: user.name }]);
    expect(JSON.parse(await read(`users/${enc(user.id)}?as_of=${before}`))).toMatchObject({ is_developer: true });
    const all: string[] = [];
    for (let cursor = ''; ;) {
      const page = await list(`limit=2${cursor}`);
      all.push(...page.users.map(({ id }) => id));
      if (page.pagination.next_cursor === undefined) break;
      cursor = `&cursor=${enc(page.pagination.next_cursor)}`;
    }
    expect(all).toEqual((await list('limit=100')).users.map(({ id }) => id));
    const early = await context.service.request(`/v2/users/${enc(user.id)}?as_of=2020-01-01T00:00:00Z`);
    expect(early.status).toBe(404);
  });
});
