import { expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import { problemOf, withService } from './with-service.js';

const context = withService();
const nobody = encodeUserId(ulid());
const invalid = { name: '' };
const large = { name: 'x'.repeat(20_000) };
const text = { 'content-type': 'text/plain' };

it.each<[string, string, unknown, Record<string, string>]>([
  ['415', nobody, { name: 'Ada' }, text],
  ['413', nobody, large, {}],
  ['400 for the body', nobody, invalid, {}],
  ['400 for broken JSON', nobody, '{', {}],
  ['400 for the id', 'no-id', { name: 'Ada' }, {}],
  ['400 for a path that cannot be decoded', '%zz', { name: 'Ada' }, {}],
  ['400 for an id too long', 'x'.repeat(400), { name: 'Ada' }, {}],
  ['400 for a header', nobody, { name: 'Ada' }, { 'if-match': 'x' }],
])('401 comes before %s', async (_, id, body, headers) => {
  const { service } = context;
  await problemOf(await service.update(id, body, { key: '', headers }), 401);
  await problemOf(await service.update(id, body, { key: 'ul_wrong', headers }), 401);
});

it('the 403 of a caller who may not use the API comes before 400', async () => {
  const { service, seed } = context;
  const { key } = await seed.user({ isDeveloper: false });
  const problem = await problemOf(await service.update(nobody, invalid, { key }), 403);
  expect(problem.type).toBe('/problems/api-not-allowed');
});

it.each<[string, number, unknown, Record<string, string>]>([
  ['the content type', 415, { name: 'Ada' }, text],
  ['the size', 413, large, {}],
  ['the body', 400, invalid, {}],
  ['If-Match', 400, { name: 'Ada' }, { 'if-match': 'x' }],
  ['Idempotency-Key', 400, { name: 'Ada' }, { 'idempotency-key': 'a b' }],
])('%s is judged before whether the caller may read: %i', async (_, status, body, headers) => {
  const { service, seed } = context;
  const { key } = await seed.user({ role: 'annotator' });
  await problemOf(await service.update(nobody, body, { key, headers }), status);
});

it('the body is judged before whether the caller may update, and whether there is a user', async () => {
  const { service, seed } = context;
  const [member, user] = [await seed.user(), await seed.user()];
  await problemOf(await service.update(user.id, { ...invalid, is_developer: true }, member), 400);
  await problemOf(await service.update(nobody, invalid), 400);
});

it('403 for who may not read comes before 404', async () => {
  const { service, seed } = context;
  const { key } = await seed.user({ role: 'annotator' });
  await problemOf(await service.update(nobody, { name: 'Ada' }, { key }), 403);
  await problemOf(await service.request(`/v2/users/${nobody}`, { key }), 403);
});

it('404 comes before the 403 of who may read but not update', async () => {
  const { key } = await context.seed.user();
  await problemOf(await context.service.update(nobody, { name: 'Ada' }, { key }), 404);
});

it('403 and 404 come before 412', async () => {
  const { service, seed } = context;
  const [{ key }, user] = [await seed.user(), await seed.user()];
  const headers = { 'if-match': '"99"' };
  const refused = await service.update(user.id, { name: 'Ada' }, { key, headers });
  expect(refused.headers.get('etag')).toBeNull();
  await problemOf(refused, 403);
  await problemOf(await service.update(nobody, { name: 'Ada' }, { headers }), 404);
});
