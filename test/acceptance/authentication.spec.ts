import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { formatApiKey } from '../../src/users/domain/api-key.js';
import { daysFromNow } from '../support/seed.js';
import { rawRequest } from './raw-http.js';
import { problemOf, userOf, withService } from './with-service.js';

const context = withService();
const own = () => `/v2/users/${context.service.admin.user_id}`;
const readWith = (key: string) => context.service.request(own(), { key });

async function refused(answer: Response): Promise<void> {
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  const problem = await problemOf(answer, 401);
  expect(problem.type).toBe('/problems/unauthenticated');
}

/** The key with its last check digit changed. */
const mistyped = (key: string) => `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;

describe('401', () => {
  it.each<[string, (key: string) => Record<string, string>]>([
    ['no header', () => ({})],
    ['an empty header', () => ({ authorization: '' })],
    ['no key', () => ({ authorization: 'Bearer ' })],
    ['another scheme', (key) => ({ authorization: `Basic ${key}` })],
    ['the key alone', (key) => ({ authorization: key })],
    ['two keys', (key) => ({ authorization: `Bearer ${key} ${key}` })],
    ['no key of ours', () => ({ authorization: 'Bearer secret' })],
    ['a key cut short', (key) => ({ authorization: `Bearer ${key.slice(0, -1)}` })],
    ['a wrong check digit', (key) => ({ authorization: `Bearer ${mistyped(key)}` })],
    ['letters of another case', (key) => ({ authorization: `Bearer ${key.toUpperCase()}` })],
    ['a key nobody has', () => ({ authorization: `Bearer ${formatApiKey(randomBytes(20))}` })],
    ['the key in another header', (key) => ({ 'x-api-key': key })],
  ])('%s', async (_, headers) => {
    const { service } = context;
    await refused(await service.request(own(), { key: '', headers: headers(service.admin.api_key) }));
  });

  it('the key in the query', async () => {
    const { service } = context;
    await refused(await service.request(`${own()}?api_key=${service.admin.api_key}`, { key: '' }));
  });

  it('a key that has expired, while one that has not is fine', async () => {
    const { seed } = context;
    await refused(await readWith((await seed.user({ expiresAt: daysFromNow(-1) })).key));
    expect((await readWith((await seed.user({ expiresAt: daysFromNow(1) })).key)).status).toBe(200);
  });

  it('a key from the moment it is revoked; another of the same user stays', async () => {
    const { seed } = context;
    const user = await seed.user();
    const other = await seed.key(user.ulid);
    expect((await readWith(user.key)).status).toBe(200);
    await seed.revokeKey(user.keyId);
    await refused(await readWith(user.key));
    expect((await readWith(other.key)).status).toBe(200);
  });

  it.each(['invited', 'expired', 'removed'] as const)('an owner who is %s', async (status) => {
    await refused(await readWith((await context.seed.user({ status, role: 'admin' })).key));
  });

  it('an owner from the moment they are removed', async () => {
    const { seed } = context;
    const user = await seed.user();
    expect((await readWith(user.key)).status).toBe(200);
    await seed.happened({ type: 'UserRemoved', data: { userId: user.ulid } });
    await refused(await readWith(user.key));
  });

  it('an owner who is not there, or of another account than the key', async () => {
    const { seed } = context;
    await refused(await readWith((await seed.key('01J00000000000000000000000')).key));
    const user = await seed.user();
    await refused(await readWith((await seed.key(user.ulid, { accountId: await seed.account() })).key));
  });
});

it.each(['Bearer', 'bearer', 'BEARER'])('the scheme may be spelt %s', async (scheme) => {
  const { service } = context;
  const headers = { authorization: `${scheme} ${service.admin.api_key}` };
  expect((await userOf(await service.request(own(), { key: '', headers }))).id).toBe(service.admin.user_id);
});

describe('developer permission', () => {
  it.each(['member', 'annotator', 'custom:r1'])('is what lets a %s use the API', async (role) => {
    const { key } = await context.seed.user({ role, isDeveloper: false, permissions: ['USER_READ', 'USER_UPDATE'] });
    expect((await problemOf(await readWith(key), 403)).type).toBe('/problems/api-not-allowed');
  });

  it('is not asked of an admin', async () => {
    const { key } = await context.seed.user({ role: 'admin', isDeveloper: false });
    expect((await readWith(key)).status).toBe(200);
  });

  it('counts on the next request, revoked or granted', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    for (let round = 0; round < 5; round++) {
      expect((await readWith(user.key)).status).toBe(200);
      await userOf(await service.update(user.id, { is_developer: false }));
      await problemOf(await readWith(user.key), 403);
      await userOf(await service.update(user.id, { is_developer: true }));
    }
  });
});

describe('no spelling of the path gets around it', () => {
  it.each<[string, (path: string) => string]>([
    ['as it is', (path) => path],
    ['with a query', (path) => `${path}?a=/health/live`],
    ['encoded', (path) => path.replace('v2', '%76%32')],
    ['partly encoded', (path) => path.replace('users', 'user%73')],
    ['with two slashes', (path) => `/${path}`],
    ['with two slashes within', (path) => path.replace('/users', '//users')],
    ['in absolute form', (path) => `http://localhost${path}`],
    ['in absolute form of a public path', (path) => `http://localhost/health/live/../..${path}`],
    ['in capitals', (path) => path.replace('v2', 'V2')],
    ['with a trailing slash', (path) => `${path}/`],
    ['with a trailing dot', (path) => `${path}.`],
    ['with a dot segment', (path) => `/.${path}`],
    ['out of a public path', (path) => `/health/live/..${path}`],
    ['out of the documentation', (path) => `/docs/..${path}`],
    ['with an encoded slash', (path) => path.replace('/users/', '/users%2F')],
    ['with a parameter', (path) => path.replace('/users', ';a=b/users')],
    ['with a fragment', (path) => `${path}#/docs`],
  ])('%s', async (_, spelt) => {
    const { service } = context;
    const { status, body } = await rawRequest(service.baseUrl, 'GET', spelt(own()));
    expect([400, 401, 404]).toContain(status);
    expect(body).not.toContain(service.admin.email);
  });

  it.each<[string, string, string]>([
    ['a path that is not there', 'GET', '/v2/nothing'],
    ['a method that is not there', 'PUT', '/v2/users/x'],
    ['the base path', 'GET', '/v2'],
    ['a path that is not there, encoded', 'GET', '/%76%32/nothing'],
    ['a method that is not there, encoded', 'PUT', '/%76%32/users/x'],
    ['a path that is not there, in absolute form', 'GET', 'http://localhost/v2/nothing'],
    ['a method that is not there, in absolute form', 'PUT', 'http://localhost/v2/users/x'],
  ])('nor does %s say what there is', async (_, method, target) => {
    const { status, headers } = await rawRequest(context.service.baseUrl, method, target);
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 401, allow: undefined });
  });
});

it.each(['/health/live', '/health/ready', '/docs', '/docs/', '/openapi.json'])('%s asks for no key', async (path) => {
  expect((await context.service.request(path, { key: '' })).status).toBe(200);
});
