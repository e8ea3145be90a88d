import { expect, it } from '@jest/globals';
import { withService } from './with-service.js';

const context = withService();
const USER = '/v2/users/{user_id}';

type Operation = {
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { content?: Record<string, unknown>; headers?: Record<string, unknown> }>;
};
type Schema = { properties: Record<string, unknown>; required?: string[] };
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: object };
};

const published = async () => (await (await context.service.request('/openapi.json', { key: '' })).json()) as Document;

it('is OpenAPI 3.1 and says how to authenticate', async () => {
  const document = await published();
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(Object.values(document.components.securitySchemes)).toEqual([
    expect.objectContaining({ type: 'http', scheme: 'bearer' }),
  ]);
});

it.each([
  ['get', ['200', '400', '401', '403', '404', '500', '503']],
  ['patch', ['200', '400', '401', '403', '404', '409', '412', '413', '415', '422', '500', '503']],
])('lists %s of a user with every status it answers', async (method, statuses) => {
  const operation = (await published()).paths[USER]?.[method];
  expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(statuses));
  for (const [status, { content = {} }] of Object.entries(operation?.responses ?? {}))
    expect([status, Object.keys(content)]).toEqual([
      status,
      [status === '200' ? 'application/json' : 'application/problem+json'],
    ]);
});

const COMMON = ['400', '401', '403', '500', '503'];
it.each<[string, string, string[]]>([
  ['post', '/v2/users', ['200', '201', ...COMMON, '409', '413', '415', '422']],
  ['delete', USER, ['204', ...COMMON, '404', '409', '422']],
  ['post', `${USER}/resend-invitation`, ['204', ...COMMON, '404', '409', '422']],
  ['get', `${USER}/permissions`, ['200', ...COMMON, '404']],
  ['put', `${USER}/permissions`, ['200', ...COMMON, '404', '409', '412', '413', '415', '422']],
  ['post', '/v2/invitations/accept', ['200', '400', '404', '409', '413', '415', '500', '503']],
])('lists %s of %s with exactly the statuses it answers', async (method, path, statuses) => {
  const operation = (await published()).paths[path]?.[method];
  expect(Object.keys(operation?.responses ?? {}).sort()).toEqual([...statuses].sort());
  for (const [status, { content = {} }] of Object.entries(operation?.responses ?? {})) {
    const type = status === '204' ? [] : [status < '300' ? 'application/json' : 'application/problem+json'];
    expect([status, Object.keys(content)]).toEqual([status, type]);
  }
});

it('describes a new user with one member more, and asks no key to accept', async () => {
  const { paths, components } = await published();
  const { CreatedUserResponse, UserResponse } = components.schemas;
  expect(CreatedUserResponse?.required?.sort()).toEqual([...(UserResponse?.required ?? []), 'invite_mode'].sort());
  expect(paths['/v2/invitations/accept']?.post).not.toHaveProperty('security');
});

it('names the headers of safe writes and of reading them', async () => {
  const { get, patch } = (await published()).paths[USER] ?? {};
  const headersOf = (operation?: Operation) =>
    operation?.parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  expect(headersOf(get)).toEqual(['X-Wait-For-Position']);
  expect(headersOf(patch)?.sort()).toEqual(['Idempotency-Key', 'If-Match']);
  expect(Object.keys(patch?.responses['200']?.headers ?? {}).sort()).toEqual(['ETag', 'X-Position']);
  expect(Object.keys(patch?.requestBody?.content ?? {})).toEqual(['application/json']);
});

it('describes the user, the change and the problem as they are', async () => {
  const { service } = context;
  const { schemas } = (await published()).components;
  const path = `/v2/users/${service.admin.user_id}`;
  const user = (await (await service.request(path)).json()) as object;
  const problem = (await (await service.request(path, { key: '' })).json()) as object;
  expect(schemas.UserResponse?.required?.sort()).toEqual(Object.keys(user).sort());
  expect(Object.keys(schemas.UserResponse?.properties ?? {}).sort()).toEqual(Object.keys(user).sort());
  expect(schemas.ProblemResponse?.required?.sort()).toEqual(Object.keys(problem).sort());
  expect(Object.keys(schemas.UpdateUserDto?.properties ?? {}).sort()).toEqual(['is_developer', 'name']);
});

it('says that readiness may be refused', async () => {
  const ready = (await published()).paths['/health/ready']?.get;
  expect(Object.keys(ready?.responses ?? {})).toEqual(expect.arrayContaining(['200', '503']));
});

it('is shown at /docs, with all assets from here', async () => {
  const { service } = context;
  const page = await service.request('/docs', { key: '' });
  expect(page.headers.get('content-type')).toContain('text/html');
  const html = await page.text();
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  expect(assets.length).toBeGreaterThan(2);
  for (const asset of assets) {
    expect(asset).not.toMatch(/^(https?:)?\/\//);
    const { pathname } = new URL(asset, `${service.baseUrl}/docs`);
    expect((await service.request(pathname, { key: '' })).status).toBe(200);
  }
});
