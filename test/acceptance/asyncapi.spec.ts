import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { problemOf, withService } from './with-service.js';

const context = withService();
const IN_THE_REPOSITORY = fileURLToPath(new URL('../../docs/asyncapi.json', import.meta.url));
const ask = (method: string, key = '') => context.service.request('/asyncapi.json', { method, key });

it('is served without a key, as JSON, and is the one in the repository', async () => {
  const answer = await ask('GET');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  expect(await answer.json()).toEqual(JSON.parse(readFileSync(IN_THE_REPOSITORY, 'utf8')));
});
it('has a HEAD that says the same without a body', async () => {
  const [get, head] = [await ask('GET'), await ask('HEAD')];
  expect([head.status, await head.text()]).toEqual([200, '']);
  for (const name of ['content-type', 'content-length']) expect(head.headers.get(name)).toBe(get.headers.get(name));
});
describe.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s', (method) => {
  it.each([
    ['with a key', () => context.service.admin.api_key],
    ['without', () => ''],
  ])('is refused as it is elsewhere, %s', async (_what, key) => {
    const answer = await ask(method, key());
    const like = await context.service.request('/openapi.json', { method, key: key() });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expect(answer.headers.get('allow')).toBe(like.headers.get('allow'));
    const { request_id: _own, instance, ...problem } = await problemOf(answer, 405);
    const { request_id: _other, instance: _elsewhere, ...expected } = await problemOf(like, 405);
    expect([instance, problem]).toEqual(['/asyncapi.json', expected]);
  });
});
it('is not among the routes of the OpenAPI document', async () => {
  const openApi = (await (await context.service.request('/openapi.json')).json()) as { paths: object };
  expect(Object.keys(openApi.paths)).not.toContain('/asyncapi.json');
});
