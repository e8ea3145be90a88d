import { describe, expect, it } from '@jest/globals';
import { raw, rawRequest, type RawAnswer } from './raw-http.js';
import { type Problem, problemOf, withService } from './with-service.js';

const context = withService();
const MEMBERS = ['type', 'title', 'status', 'detail', 'instance', 'request_id'];
const SECRETS =
  /\bat \S+ \(|node_modules|\.js:|\.ts:|\/dist\/|\/src\/|\bselect\b .* \bfrom\b|sqlite|Exception|FST_|Error:/i;
const JSON_TYPE = { 'content-type': 'application/json' };
const own = () => `/v2/users/${context.service.admin.user_id}`;
const auth = () => ({ authorization: `Bearer ${context.service.admin.api_key}` });

type Sent = Omit<RequestInit, 'headers'> & { headers?: Record<string, string>; key?: string };
const send = (init: Sent, path = own()) => context.service.request(path, init);
const patch = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) =>
  send({ method: 'PATCH', body, headers });

const nested = (depth: number) => `{"name":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
const wide = (keys: number) => JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i])));

/** Every member as documented, nothing else, and nothing that is nobody's business. */
function judge(problem: Problem, status: number, instance: string): void {
  const { errors, ...rest } = problem;
  expect(Object.keys(rest)).toEqual(MEMBERS);
  expect(problem).toMatchObject({ status, instance, type: expect.stringMatching(/^\/problems\/[a-z-]+$/) });
  for (const text of [problem.title, problem.detail, problem.request_id]) expect(text).toMatch(/^\S.*\S$/);
  for (const error of errors ?? []) {
    expect(Object.keys(error)).toEqual(['field', 'message']);
    expect(error.field.length).toBeLessThanOrEqual(64);
    expect(error.message.length).toBeLessThanOrEqual(64);
  }
  expect((errors ?? []).length).toBeLessThanOrEqual(20);
  expect(JSON.stringify(problem)).not.toMatch(SECRETS);
}

function judgeRaw(answer: RawAnswer, status: number, instance: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  const problem = JSON.parse(answer.body) as Problem;
  judge(problem, status, instance);
  expect(answer.headers.get('x-request-id')).toBe(problem.request_id);
}

describe('every error is a problem', () => {
  it.each<[string, number, () => Promise<Response>, string?]>([
    ['no such path', 404, () => send({}, '/nothing/here?a=b'), '/nothing/here'],
    ['no such path under /v2', 404, () => send({}, '/v2/nothing'), '/v2/nothing'],
    ['no such asset of the documentation', 404, () => send({}, '/docs/nothing.js'), '/docs/nothing.js'],
    ['no such user', 404, () => send({}, '/v2/users/VXNlcjp4'), '/v2/users/VXNlcjp4'],
    ['no id', 400, () => send({}, '/v2/users/x?name=y'), '/v2/users/x'],
    ['a path that cannot be decoded', 400, () => send({}, '/v2/users/%zz'), '/v2/users/%zz'],
    ['an id that is too long', 400, () => send({}, `/v2/users/${'x'.repeat(400)}`), `/v2/users/${'x'.repeat(400)}`],
    ['no key', 401, () => send({ key: '' })],
    ['a body too large', 413, () => patch(JSON.stringify({ name: 'x'.repeat(17_000) }))],
    ['60,000 members', 413, () => patch(wide(60_000))],
    ['65 members', 400, () => patch(wide(65))],
    ['nine levels', 400, () => patch(nested(9))],
    ['a thousand levels', 400, () => patch(nested(1_000))],
    ['no content type', 415, () => patch(Buffer.from('{"name":"Ada"}'), {})],
    ['text', 415, () => patch('{"name":"Ada"}', { 'content-type': 'text/plain' })],
    ['a form', 415, () => patch('name=Ada', { 'content-type': 'application/x-www-form-urlencoded' })],
    ['merge patch', 415, () => patch('{"name":"Ada"}', { 'content-type': 'application/merge-patch+json' })],
    ['Latin-1', 415, () => patch('{"name":"Ada"}', { 'content-type': 'application/json; charset=iso-8859-1' })],
    ['a content type that is none', 415, () => patch('{"name":"Ada"}', { 'content-type': 'json' })],
    ['no body', 400, () => send({ method: 'PATCH', headers: JSON_TYPE })],
    ['an empty body', 400, () => patch('')],
    ['broken JSON', 400, () => patch('{"name":')],
    ['JSON and more', 400, () => patch('{"name":"Ada"} x')],
    ['single quotes', 400, () => patch("{'name':'Ada'}")],
    ['NaN', 400, () => patch('{"name":NaN}')],
    ['bytes that are not UTF-8', 400, () => patch(Buffer.from([...Buffer.from('{"name":"A'), 0xff, 0x22, 0x7d]))],
    ['half a UTF-8 character', 400, () => patch(Buffer.from([...Buffer.from('{"name":"A'), 0xc3, 0x22, 0x7d]))],
    ['__proto__', 400, () => patch('{"name":"Ada","__proto__":{"is_developer":true}}')],
    ['__proto__ in disguise', 400, () => patch('{"name":"Ada","\\u005f_proto__":{"is_developer":true}}')],
    ['constructor.prototype', 400, () => patch('{"name":"Ada","constructor":{"prototype":{}}}')],
    ['no change', 400, () => patch('{}')],
    ['a condition unmet', 412, () => patch('{"name":"Ada"}', { ...JSON_TYPE, 'if-match': '"99"' })],
    ['a position not reached', 503, () => send({ headers: { 'x-wait-for-position': 'UG9zaXRpb246OTk5OTk5OTk5' } })],
  ])('%s: %i', async (_, status, request, instance = own()) => {
    const answer = await request();
    const problem = await problemOf(answer, status);
    judge(problem, status, instance);
    expect(answer.headers.get('x-request-id')).toBe(problem.request_id);
  });

  it.each([
    ['PUT', () => own(), 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', () => '/v2/users', 'GET, HEAD, POST'],
    ['OPTIONS', () => own(), 'DELETE, GET, HEAD, PATCH'],
    ['POST', () => '/health/live', 'GET, HEAD'],
    ['POST', () => '/openapi.json', 'GET, HEAD'],
  ])('%s where it is not: 405 with Allow', async (method, path, allow) => {
    const answer = await send({ method }, path());
    expect(answer.headers.get('allow')).toBe(allow);
    judge(await problemOf(answer, 405), 405, path());
  });

  it.each([
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a broken header', 'GET / HTTP/1.1\r\nHost: a\r\nbro ken\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two lengths', 'PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    [
      'length and chunks',
      'PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['large headers', `GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s', async (_, bytes, status) => {
    judgeRaw(await raw(context.service.baseUrl, bytes), status, '/');
  });

  it('a broken chunk', async () => {
    const { authorization } = auth();
    const head = `PATCH ${own()} HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json`;
    const answer = await raw(context.service.baseUrl, `${head}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  });
});

describe('bodies at the limit', () => {
  it('may be nested eight levels, though not here', async () => {
    expect((await problemOf(await patch(nested(8)), 400)).errors?.[0]?.field).toBe('name');
    expect((await problemOf(await patch(nested(9)), 400)).errors?.[0]?.field).toBe('body');
  });

  it('may have 16 KiB, though not in the name', async () => {
    const filled = (bytes: number) => `{"name":"${'x'.repeat(bytes - '{"name":""}'.length)}"}`;
    await problemOf(await patch(filled(16 * 1024)), 400);
    await problemOf(await patch(filled(16 * 1024 + 1)), 413);
    const padded = '{"name":"Ada"}'.padEnd(16 * 1024);
    expect((await patch(padded)).status).toBe(200);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'may be %s',
    async (type) => {
      expect((await patch('{"name":"Ada"}', { 'content-type': type })).status).toBe(200);
    },
  );
});

describe('validation', () => {
  it('tells each fault by its field', async () => {
    const { errors } = await problemOf(await patch('{"name":1,"is_developer":"true","role":"admin"}'), 400);
    expect(errors?.map(({ field }) => field).sort()).toEqual(['is_developer', 'name', 'role']);
  });

  it('tells at most 20', async () => {
    const { errors } = await problemOf(await patch(wide(60)), 400);
    expect(errors).toHaveLength(20);
  });

  it('echoes at most 64 characters, and whole ones', async () => {
    const echoed = async (field: string) => {
      const { errors = [] } = await problemOf(await patch(JSON.stringify({ [field]: 1 })), 400);
      return errors[0]?.field ?? '';
    };
    expect(await echoed('x'.repeat(64))).toBe('x'.repeat(64));
    expect(await echoed('x'.repeat(65))).toBe(`${'x'.repeat(63)}…`);
    for (const field of ['😀'.repeat(65), `x${'😀'.repeat(65)}`])
      expect(Buffer.from(await echoed(field)).toString()).not.toContain('\ufffd');
  });

  it('never echoes a value', async () => {
    const answer = await patch('{"name":["my secret"],"is_developer":"my secret"}');
    expect(JSON.stringify(await problemOf(answer, 400))).not.toContain('my secret');
  });
});

describe('X-Request-Id', () => {
  it.each(['a', 'x'.repeat(128), '~!"#$%'])('%s comes back, also with an error', async (id) => {
    const headers = { 'x-request-id': id };
    expect((await send({ headers })).headers.get('x-request-id')).toBe(id);
    for (const path of ['/v2/users/x', '/v2/users/%zz', '/nothing', `/v2/users/${'x'.repeat(400)}`]) {
      const answer = await send({ headers }, path);
      expect(answer.headers.get('x-request-id')).toBe(id);
      expect(((await answer.json()) as Problem).request_id).toBe(id);
    }
  });

  it.each(['', 'x'.repeat(129), 'a b', 'caf\u00e9'])('%p is replaced', async (id) => {
    const headers = { 'x-request-id': id };
    const seen = new Set<string | null>();
    for (const path of [own(), own(), '/nothing'])
      seen.add((await send({ headers }, path)).headers.get('x-request-id'));
    expect(seen.size).toBe(3);
    for (const each of seen) expect(each).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('comes with every answer', async () => {
    const { headers, status } = await rawRequest(context.service.baseUrl, 'GET', '/health/live');
    expect({ status, id: headers.get('x-request-id') }).toEqual({ status: 200, id: expect.stringMatching(/^\S+$/) });
  });
});
