import { expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { OpenApiDocument, Operation } from '../support/published-api.js';
import { withService } from './with-service.js';

const context = withService();
const USER = '/v2/users/{user_id}';

const published = async () =>
  (await (await context.service.request('/openapi.json', { key: '' })).json()) as OpenApiDocument;

it('is OpenAPI 3.1 and says how to authenticate', async () => {
  const document = await published();
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(Object.values(document.components.securitySchemes)).toEqual([
    expect.objectContaining({ type: 'http', scheme: 'bearer' }),
  ]);
});

/** Every status that each route answers, by hand; 429 may come before any of them that are under /v2. */
const STATUSES = `
GET /health/live                            200
GET /health/ready                           200                                         503
GET /metrics                                200
GET /v2/users                               200     400 401 403                     500 503
POST /v2/users                              200 201 400 401 403     409 413 415 422 500 503
GET /v2/users/{user_id}                     200     400 401 403 404                 500 503
PATCH /v2/users/{user_id}                   200     400 401 403 404 409 412 413 415 422 500 503
DELETE /v2/users/{user_id}                  204     400 401 403 404 409         422 500 503
POST /v2/users/{user_id}/resend-invitation  204     400 401 403 404 409         422 500 503
GET /v2/users/{user_id}/permissions         200     400 401 403 404                 500 503
PUT /v2/users/{user_id}/permissions         200     400 401 403 404 409 412 413 415 422 500 503
POST /v2/invitations/accept                 200     400         404 409 413 415     500 503
GET /v2/users/{user_id}/history             200     400 401 403 404                 500 503
GET /v2/audit-events                        200     400 401 403                     500 503
GET /v2/audit-logs                          200     400 401 403                     500 503
GET /v2/user-events                         200     400 401 403                     500 503
GET /v2/api-keys                            200     400 401 403                     500 503
POST /v2/api-keys                           201     400 401 403 404 409 413 415 422 500 503
DELETE /v2/api-keys/{api_key_id}            204     400 401 403 404 409         422 500 503
`;

it('lists every route with every status it answers, and each problem as one', async () => {
  const { paths } = await published();
  const listed = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { responses }]) => [`${method.toUpperCase()} ${path}`, Object.keys(responses)]),
  );
  const wanted = STATUSES.split('\n')
    .filter(Boolean)
    .map((line) => line.split(/ {2,}/).join(' ').split(' '))
    .map(([method = '', path = '', ...statuses]) => [
      `${method} ${path}`,
      [...statuses, ...(path.startsWith('/v2/') ? ['429'] : [])].sort(),
    ]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(wanted));
  for (const [path, item] of Object.entries(paths))
    for (const [status, { content, headers }] of Object.values(item).flatMap((of) => Object.entries(of.responses))) {
      if (status < '400' || !path.startsWith('/v2/')) continue;
      expect([path, status, Object.keys(content ?? {})]).toEqual([path, status, ['application/problem+json']]);
      if (status !== '429') continue;
      expect([path, Object.keys(headers ?? {})]).toEqual([path, ['Retry-After', 'RateLimit', 'RateLimit-Policy']]);
    }
});

it('is valid by the schema of OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate({ ...(await published()) });
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

const KEYS = '/v2/api-keys';
it('describes keys as they are made and listed', async () => {
  const { service } = context;
  const { schemas } = (await published()).components;
  const body = { name: 'x', expires_at: '2099-01-01T00:00:00Z' };
  const headers = { 'content-type': 'application/json' };
  const made = await service.request(KEYS, { method: 'POST', body: JSON.stringify(body), headers });
  const created = (await made.json()) as object;
  const list = (await (await service.request(KEYS)).json()) as { api_keys: object[] };
  expect(Object.keys(schemas.CreatedApiKeyResponse?.properties ?? {}).sort()).toEqual(Object.keys(created).sort());
  expect(Object.keys(schemas.ApiKeyResponse?.properties ?? {})).toEqual(
    expect.arrayContaining(Object.keys(list.api_keys[1] ?? {})),
  );
  expect(schemas.CreateApiKeyDto?.required).toEqual(['name']);
});

it('says of every route that asks for a key that there may be too many requests', async () => {
  const operations = Object.entries((await published()).paths).flatMap(([path, methods]) =>
    Object.values(methods).map(({ responses }) => ({ path, headers: Object.keys(responses['429']?.headers ?? {}) })),
  );
  for (const { path, headers } of operations)
    expect([path, headers]).toEqual([
      path,
      path.startsWith('/v2/') ? ['Retry-After', 'RateLimit', 'RateLimit-Policy'] : [],
    ]);
  expect(operations.filter(({ headers }) => headers.length > 0).length).toBeGreaterThanOrEqual(10);
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
    operation?.parameters?.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
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
