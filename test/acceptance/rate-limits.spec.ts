import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { formatApiKey } from '../../src/users/domain/api-key.js';
import { hashToken } from '../../src/users/domain/invitation.js';
import { post } from '../support/new-user.js';
import { daysFromNow } from '../support/seed.js';
import { createdKey, postKey } from './api-keys.js';
import { raw, rawRequest } from './raw-http.js';
import { problemOf, userOf, withService } from './with-service.js';

const PER_KEY = 20;
const FAILED = 10;
const rates = { RATE_LIMIT_PER_KEY: `${PER_KEY}`, RATE_LIMIT_FAILED_AUTH: `${FAILED}` };

async function limited(answer: Response, policy: string): Promise<void> {
  const problem = await problemOf(answer, 429);
  expect(problem).toMatchObject({ type: '/problems/rate-limited', title: 'Too many requests' });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(answer.headers.get('ratelimit-policy')).toBe(policy);
  expect(answer.headers.get('ratelimit')).toMatch(/^"[a-z-]+";r=0;t=\d+$/);
}

describe('by an API key', () => {
  const context = withService({ RATE_LIMIT_PER_KEY: `${PER_KEY}`, RATE_LIMIT_FAILED_AUTH: '0' });
  const ask = (key: string) => context.service.request('/v2/api-keys', { key });
  // Another admin, for the first one's key is what seeds wait with.
  const someone = async () => {
    const accountId = await context.seed.account();
    return (await context.seed.user({ role: 'admin', accountId })).key;
  };

  it('a burst is let through as far as the rate goes; another key is none the worse', async () => {
    const [key, other] = [await someone(), await someone()];
    const answers = await Promise.all(Array.from({ length: PER_KEY + 10 }, () => ask(key)));
    const through = answers.filter(({ status }) => status === 200);
    expect(through.length).toBeGreaterThanOrEqual(PER_KEY);
    expect(through.length).toBeLessThan(PER_KEY + 5);
    const first = through.map(({ headers }) => headers.get('ratelimit') ?? '');
    expect(first).toContainEqual(expect.stringMatching(`^"per-key";r=${PER_KEY - 1};t=\\d+$`));
    await limited(await ask(key), `"per-key";q=${PER_KEY};w=60`);
    expect((await ask(other)).status).toBe(200);
  });

  it('is refused before the body is read, and before anything is done', async () => {
    const { service } = context;
    const key = await someone();
    while ((await ask(key)).status === 200);
    const head = `POST /v2/api-keys HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${key}`;
    const { status } = await raw(service.baseUrl, `${head}\r\nContent-Length: 100\r\n\r\n{`);
    expect(status).toBe(429);
    await limited(await postKey(service, { name: 'x' }, { key }), `"per-key";q=${PER_KEY};w=60`);
    expect((await rawRequest(service.baseUrl, 'GET', '/v2/users/%zz', `Authorization: Bearer ${key}`)).status).toBe(
      429,
    );
  });

  it('does not reach what asks for no key', async () => {
    for (let i = 0; i < 2 * PER_KEY; i++)
      expect((await context.service.request('/health/live', { key: '' })).status).toBe(200);
  });

  it('leaves failures alone where their rate is 0', async () => {
    for (let i = 0; i < 2 * FAILED; i++) await problemOf(await ask(''), 401);
  });
});

describe('by an address that fails to authenticate', () => {
  const context = withService({ ...rates, RATE_LIMIT_PER_KEY: '0' });
  const forged = () => formatApiKey(randomBytes(20));
  const ask = (key: string, headers: Record<string, string> = {}) =>
    context.service.request('/v2/api-keys', { key, headers });

  it('is refused after so many, whatever it says of where it comes from', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    expect((await ask(user.key)).status).toBe(200);
    const answers = [];
    for (let i = 0; i < FAILED + 5; i++)
      answers.push(
        await ask(i % 2 ? forged() : '', { 'x-forwarded-for': `203.0.113.${i}`, 'x-real-ip': `203.0.113.${i}` }),
      );
    expect(answers.slice(0, FAILED).map(({ status }) => status)).toEqual(Array(FAILED).fill(401));
    expect(answers[0]?.headers.get('ratelimit')).toMatch(new RegExp(`^"failed-auth";r=${FAILED - 1};t=\\d+$`));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    for (const answer of refused) await limited(answer, `"failed-auth";q=${FAILED};w=60`);
    // Who is known may share the address.
    const known = await ask(user.key);
    expect([known.status, known.headers.get('ratelimit')]).toEqual([200, null]);
    expect((await rawRequest(service.baseUrl, 'GET', '/v2/users/%zz')).status).toBe(429);
    expect((await service.request('/health/live', { key: '' })).status).toBe(200);
  });
});

describe('by an address that guesses at invitations', () => {
  const context = withService({ ...rates, RATE_LIMIT_PER_KEY: '0' });
  const accept = (token: unknown) => post(context.service, '/v2/invitations/accept', { token }, { key: '' });
  const policy = `"failed-auth";q=${FAILED};w=60`;

  it('is refused after so many, as one that guesses at keys is; what is no guess does not count', async () => {
    const { service, seed } = context;
    const known = await seed.user();
    expect((await service.request('/v2/api-keys', { key: known.key })).status).toBe(200);
    for (let i = 0; i < 2 * FAILED; i++) await problemOf(await accept(i), 400);
    for (let i = 0; i < FAILED; i++) {
      const answer = await accept(`guess-${i}`);
      await problemOf(answer, 404);
      expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"failed-auth";r=${FAILED - 1 - i};t=\\d+$`));
    }
    await limited(await accept('one more'), policy);
    await limited(await accept(5), policy);
    await limited(await service.request('/v2/api-keys', { key: formatApiKey(randomBytes(20)) }), policy);
    expect((await service.request('/v2/api-keys', { key: known.key })).status).toBe(200);
  });
});

describe('an invitation that is good', () => {
  const context = withService({ ...rates, RATE_LIMIT_PER_KEY: '0' });

  it('does not count, however many are accepted from one address', async () => {
    const { service, seed } = context;
    for (let i = 0; i < FAILED + 2; i++) {
      const token = `token-${i}`;
      const [userId, invitationId] = [ulid(), ulid()];
      const person = { userId, accountId: seed.accountId, email: `${userId}@example.com`, name: 'A', role: 'member' };
      const invitation = { invitationId, tokenHash: hashToken(token), expiresAt: daysFromNow(1) };
      await seed.happened({ type: 'UserInvited', data: { ...person, isDeveloper: false, ...invitation } });
      await userOf(await post(service, '/v2/invitations/accept', { token }, { key: '' }));
    }
  });
});

describe('behind a proxy that is trusted', () => {
  const context = withService({ ...rates, TRUST_PROXY: '127.0.0.1, 10.0.0.0/8' });
  const from = (forwarded: string, key = '') =>
    context.service.request('/v2/api-keys', { key, headers: { 'x-forwarded-for': forwarded } });

  it('it is the address that the proxy tells, and none that a caller claims before it', async () => {
    for (let i = 0; i < FAILED; i++) await problemOf(await from(`198.51.100.${i}, 203.0.113.7, 10.1.2.3`), 401);
    expect((await from('198.51.100.99, 203.0.113.7')).status).toBe(429);
    await problemOf(await from('203.0.113.8'), 401);
  });

  it('and it is the one in the event', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const made = await createdKey(
      await postKey(service, { name: 'x' }, { key: user.key, headers: { 'x-forwarded-for': '1.1.1.1, 2001:db8::7' } }),
    );
    const id = Buffer.from(made.id, 'base64').toString().replace('ApiKey:', '');
    expect((await seed.eventsIn(`apikey-${id}`))[0]?.metadata.ip).toBe('2001:db8::7');
  });
});
