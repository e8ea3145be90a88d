import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { hashToken } from '../../src/users/domain/invitation.js';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import { MailServer, tokenIn } from '../support/mail-server.js';
import { newUser, post } from '../support/new-user.js';
import { Seed } from '../support/seed.js';
import type { ServiceUnderTest } from '../support/service.js';
import { problemOf, type UserBody, userOf, startService } from './with-service.js';

let mails: MailServer;
let service: ServiceUnderTest;
let seed: Seed;
beforeAll(async () => {
  mails = await MailServer.start();
  service = await startService({ env: { SMTP_URL: mails.url, PUBLIC_URL: 'https://users.example.com/x/' } });
  seed = new Seed(service);
}, 60_000);
afterAll(async () => {
  await seed.close();
  await service.dispose();
  await mails.stop();
});

const accept = (token: unknown) => post(service, '/v2/invitations/accept', { token }, { key: '' });
const resend = (id: string, key?: string, headers?: Record<string, string>) =>
  service.request(`/v2/users/${id}/resend-invitation`, {
    method: 'POST',
    ...(key !== undefined && { key }),
    ...(headers && { headers }),
  });

/** Somebody invited, and the token that was mailed to them. */
async function invited(name = 'Dorothy'): Promise<{ body: UserBody; id: string; ulid: string; token: string }> {
  const answer = await post(service, '/v2/users', newUser({ name, invite_mode: 'email_link' }));
  expect(answer.status).toBe(201);
  const body = (await answer.json()) as UserBody;
  const id = String(body.id);
  const [mail] = await mails.to(String(body.email));
  return { body, id, ulid: Buffer.from(id, 'base64').toString().slice(5), token: tokenIn(mail?.text) };
}

describe('an invitation', () => {
  it('is mailed with a link, and accepted once, without a key', async () => {
    const { body, id, ulid: userId, token } = await invited();
    const [mail] = await mails.to(String(body.email));
    expect(mail?.text).toContain(`https://users.example.com/x/invitations/accept#token=${token}`);
    expect(Buffer.from(token, 'base64url').length * 8).toBeGreaterThanOrEqual(160);
    const answer = await accept(token);
    expect([answer.headers.get('etag'), answer.headers.get('x-position')]).toEqual(['"1"', expect.any(String)]);
    const { invite_mode: _mode, ...user } = body;
    expect(await userOf(answer)).toEqual({ ...user, status: 'active' });
    const events = await seed.eventsOf(userId);
    expect(events[0]?.data.tokenHash).toBe(hashToken(token));
    expect(JSON.stringify(events)).not.toContain(token);
    expect(events[1]).toMatchObject({
      type: 'UserActivated',
      metadata: { rule: 'invitation', actor: { userId, name: 'Dorothy', role: 'member', apiKeyId: null } },
    });
    await problemOf(await accept(token), 404);
    await problemOf(await resend(id), 400);
  });
  it('of many takings at once is taken once', async () => {
    const { token } = await invited();
    const answers = await Promise.all(Array.from({ length: 5 }, () => accept(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404]);
  });
  it('sent again is another one, and the former is void', async () => {
    const { body, id, ulid: userId, token } = await invited();
    const answer = await resend(id);
    expect([answer.status, await answer.text(), answer.headers.get('x-position')]).toEqual([
      204,
      '',
      expect.any(String),
    ]);
    const [, second] = await mails.to(String(body.email), 2);
    expect(tokenIn(second?.text)).not.toBe(token);
    expect((await seed.eventsOf(userId))[1]).toMatchObject({
      type: 'InvitationRenewed',
      metadata: { rule: 'account_admin' },
    });
    await problemOf(await accept(token), 404);
    await userOf(await accept(tokenIn(second?.text)));
  });
  it('that has lapsed is sent again, too', async () => {
    const user = await seed.user({ status: 'expired' });
    expect((await resend(user.id)).status).toBe(204);
    const [mail] = await mails.to(user.email);
    expect(await userOf(await accept(tokenIn(mail?.text)))).toMatchObject({ id: user.id, status: 'active' });
  });
  it('sent again with a key of the caller’s choice is one more, not two', async () => {
    const { id, ulid: userId } = await invited();
    const headers = { 'idempotency-key': ulid() };
    for (let i = 0; i < 2; i++) expect((await resend(id, undefined, headers)).status).toBe(204);
    expect(await seed.eventsOf(userId)).toHaveLength(2);
  });
  it('of a user who was removed is void', async () => {
    const { id, token } = await invited();
    await service.request(`/v2/users/${id}`, { method: 'DELETE' });
    await problemOf(await accept(token), 404);
  });
});

describe('refused', () => {
  it.each([['unknown'], ['A'.repeat(43)]])('the token %s', async (token) => {
    expect((await problemOf(await accept(token), 404)).type).toBe('/problems/invitation-not-found');
  });
  it.each([[null], [1], [''], [['x']], ['x'.repeat(256)]])('a token that is %p', async (token) => {
    const { errors } = await problemOf(await accept(token), 400);
    expect(errors).toEqual([{ field: 'token', message: expect.any(String) }]);
  });
  it('a lapsed one', async () => {
    const userId = ulid();
    const data = { ...{ userId, accountId: seed.accountId, email: 'l@example.com', name: 'L', role: 'member' } };
    const invitation = { invitationId: ulid(), tokenHash: hashToken('lapsed'), expiresAt: '2026-01-01T00:00:00.000Z' };
    await seed.happened({ type: 'UserInvited', data: { ...data, isDeveloper: false, ...invitation } });
    await problemOf(await accept('lapsed'), 404);
  });
  it('to send one again, without the right, to nobody, and to the active', async () => {
    const [user, active] = [await seed.user({ status: 'invited' }), await seed.user()];
    const annotator = await seed.user({ role: 'annotator' });
    const creator = await seed.user({ role: 'annotator', permissions: ['USER_CREATE'] });
    await problemOf(await resend(user.id, active.key), 403);
    await problemOf(await resend(encodeUserId(ulid()), annotator.key), 403);
    await problemOf(await resend(encodeUserId(ulid()), active.key), 404);
    await problemOf(await resend(user.id, ''), 401);
    await problemOf(await resend('nonsense'), 400);
    await problemOf(await resend(active.id), 400);
    expect((await resend(user.id, creator.key)).status).toBe(204);
    const denied = await seed.eventsIn(`denied-${seed.accountId}`);
    const told = denied.filter(({ metadata }) => [active.ulid, annotator.ulid].includes(metadata.actor.userId));
    expect(told).toHaveLength(2);
    const right = { action: 'resendInvitation', missing: 'permission:USER_CREATE' };
    expect(told[0]?.data).toEqual({ ...right, targetId: user.ulid, fields: [] });
  });
});

describe('the mail server', () => {
  it('that refuses an address keeps nobody else from being mailed', async () => {
    const [never, later] = [newUser({ invite_mode: 'email_link' }), newUser({ invite_mode: 'email_link' })];
    mails.refusing.set(never.email.toLowerCase(), 550).set(later.email.toLowerCase(), 451);
    for (const wish of [never, later]) await post(service, '/v2/users', wish);
    await invited();
    mails.refusing.clear();
    await mails.to(later.email);
    expect(mails.mails.filter(({ to }) => to === never.email.toLowerCase())).toEqual([]);
  });
  it('may be down, and the service too: every invitation is mailed, and none twice', async () => {
    const { port } = mails;
    const before = mails.mails.length;
    const [during, after] = [newUser({ invite_mode: 'email_link' }), newUser({ invite_mode: 'email_link' })];
    await mails.stop();
    await post(service, '/v2/users', during);
    await service.stop('SIGKILL');
    mails = await MailServer.start(port);
    await seed.close();
    service = await startService({ dataDir: service.dataDir, env: { SMTP_URL: mails.url } });
    seed = new Seed(service);
    const [mail] = await mails.to(during.email);
    await userOf(await accept(tokenIn(mail?.text)));
    await post(service, '/v2/users', after);
    await mails.to(after.email);
    expect([before > 0, mails.mails.map(({ to }) => to)]).toEqual([
      true,
      [during.email, after.email].map((email) => email.toLowerCase()),
    ]);
  });
});

describe('without a mail server', () => {
  it('the link is written to the log, and leads to a page that accepts by a button alone', async () => {
    const alone = await startService({ env: { LOG_LEVEL: 'info' } });
    try {
      const answer = await post(alone, '/v2/users', newUser({ invite_mode: 'email_link' }));
      const { id } = (await answer.json()) as { id: string };
      const line = await alone.printed(/#token=/);
      const { level, link } = JSON.parse(line) as { level: number; link: string };
      expect([level, link]).toEqual([30, expect.stringMatching(`^${alone.baseUrl}/invitations/accept#token=`)]);
      const page = await fetch(link);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(await page.text()).toContain('<button>Accept</button>');
      expect((await post(alone, '/v2/invitations/accept', { token: tokenIn(link) }, { key: '' })).status).toBe(200);
      expect(await (await alone.request(`/v2/users/${id}`)).json()).toMatchObject({ status: 'active' });
    } finally {
      await alone.dispose();
    }
  });
});
