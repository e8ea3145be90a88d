import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import createClient, { type Client } from 'openapi-fetch';
import openapiTS, { astToString } from 'openapi-typescript';
import { ulid } from 'ulid';
import type { components, paths } from './openapi.types.js';
import { withService } from './with-service.js';

const context = withService();
let client: Client<paths>;
beforeAll(() => {
  const { baseUrl, admin } = context.service;
  client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${admin.api_key}` } });
});

it('is made from the document as it is published now; `npm run openapi-types` makes it anew', async () => {
  const document = context.service.published?.document;
  const made = astToString(await openapiTS(JSON.parse(JSON.stringify(document)) as never));
  expect(readFileSync(new URL('openapi.types.ts', import.meta.url), 'utf8')).toBe(made);
});

describe('a client that is made from the document', () => {
  const path = (user_id: string) => ({ path: { user_id } });

  it('creates, reads, changes, lists and removes', async () => {
    const body: components['schemas']['CreateUserDto'] = {
      ...{ name: 'Ada', email: `${ulid().toLowerCase()}@example.com`, invite_mode: 'none' },
      role: { type: 'predefined', name: 'member' },
    };
    const { data: made, response } = await client.POST('/v2/users', { body });
    expect([response.status, made?.name]).toEqual([201, 'Ada']);
    const id = made?.id ?? '';
    const change = { params: path(id), body: { name: 'Eve', is_developer: false } };
    const { data: changed } = await client.PATCH('/v2/users/{user_id}', change);
    expect(changed).toMatchObject({ id, name: 'Eve', is_developer: false, status: 'active' });
    const { data: read } = await client.GET('/v2/users/{user_id}', { params: path(id) });
    expect(read).toEqual(changed);
    const query = { email: body.email, status: ['active' as const], is_developer: false, limit: 1 };
    const { data: list } = await client.GET('/v2/users', { params: { query } });
    expect(list).toEqual({ users: [changed], pagination: { has_more: false } });
    const { response: removed } = await client.DELETE('/v2/users/{user_id}', { params: path(id) });
    expect(removed.status).toBe(204);
    const { data: log } = await client.GET('/v2/audit-logs', { params: { query: { limit: 1 } } });
    expect(log?.logs.map(({ operation_name }) => operation_name)).toEqual(['UserRemoved']);
  });

  it('is given problems by their type', async () => {
    const { error, data } = await client.GET('/v2/users/{user_id}', { params: path('x') });
    expect(data).toBeUndefined();
    expect(error?.errors?.[0]?.field).toBe('user_id');
  });

  it('does not compile where the document says otherwise', async () => {
    // @ts-expect-error a name is text
    const wrong = await client.PATCH('/v2/users/{user_id}', { params: path('x'), body: { name: 1 } });
    // @ts-expect-error there is no such status
    await client.GET('/v2/users', { params: { query: { status: ['removed'] } } });
    // @ts-expect-error there is no such route
    await client.GET('/v2/people', {});
    expect(wrong.response.status).toBe(400);
  });
});
