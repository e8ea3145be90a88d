import { beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import * as official from '@arizeai/ax-client';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import type { Someone } from '../support/seed.js';
import { type Client, clientOf, refusal, sdks, walked } from './sdks.js';
import { withService } from './with-service.js';

const context = withService();
const nobody = encodeUserId(ulid());
const ids = (users: readonly { id: string }[]) => users.map(({ id }) => id);

describe.each(sdks)('@arizeai/ax-client %s', (_, sdk) => {
  let client: Client;
  beforeAll(() => {
    client = clientOf(sdk, context.service);
  });

  it('gets a user, with a date for a date', async () => {
    const user = await context.seed.user({ name: 'Ada Lovelace' });
    const { createdAt, ...rest } = await sdk.getUser({ client, userId: user.id });
    expect(rest).toEqual({
      ...{ id: user.id, name: 'Ada Lovelace', email: user.email, status: 'active', isDeveloper: true },
      role: { type: 'predefined', name: 'member' },
    });
    expect(Math.abs(Date.now() - createdAt.getTime())).toBeLessThan(60_000);
  });

  it('updates a name, a developer permission, and both', async () => {
    const { id: userId } = await context.seed.user({ isDeveloper: false });
    const before = await sdk.getUser({ client, userId });
    expect(await sdk.updateUser({ client, userId, name: ' Ada ' })).toEqual({ ...before, name: 'Ada' });
    expect(await sdk.updateUser({ client, userId, isDeveloper: true })).toMatchObject({
      ...{ name: 'Ada', isDeveloper: true },
    });
    const after = await sdk.updateUser({ client, userId, name: 'Eve', isDeveloper: false });
    expect(after).toEqual({ ...before, name: 'Eve' });
    expect(await sdk.getUser({ client, userId })).toEqual(after);
  });

  it('walks the users, oldest first, by their e-mail too', async () => {
    const added: Someone[] = [];
    for (let i = 0; i < 5; i++) added.push(await context.seed.user());
    const all = await walked((cursor) => sdk.listUsers({ client, limit: 2, ...cursor }));
    expect(ids(all).slice(-5)).toEqual(ids(added));
    expect(ids(all)).toContain(context.service.admin.user_id);
    expect(new Set(ids(all)).size).toBe(all.length);
    const [first, second] = added.map(({ email }) => email);
    const found = await walked((cursor) => sdk.listUsers({ client, email: first?.toUpperCase() ?? '', ...cursor }));
    expect(ids(found)).toEqual([added[0]?.id]);
    const page = await sdk.listUsers({ client, email: second ?? '' });
    expect(page).toEqual({
      data: [await sdk.getUser({ client, userId: added[1]?.id ?? '' })],
      pagination: { hasMore: false },
    });
  });

  it('lists the audit log: who, when, from where, and what became of it', async () => {
    const actor = await context.seed.user({ role: 'admin' });
    const { id: userId } = await context.seed.user();
    const theirs = clientOf(sdk, context.service, actor.key);
    const startTime = new Date();
    await sdk.updateUser({ client: theirs, userId, name: 'Ada' });
    const denied = await context.seed.user();
    await refusal(sdk.updateUser({ client: clientOf(sdk, context.service, denied.key), userId, isDeveloper: true }));
    await sdk.updateUser({ client: theirs, userId, isDeveloper: false });
    const logs = await walked((cursor) =>
      sdk.listAuditLogs({ client, startTime, userId: actor.id, limit: 1, ...cursor }),
    );
    expect(logs.map(({ operationName }) => operationName)).toEqual(['DeveloperPermissionRevoked', 'UserRenamed']);
    for (const log of logs) {
      expect(log).toMatchObject({
        userId: actor.id,
        ip: expect.stringMatching(/127\.0\.0\.1$/),
        operationType: 'MUTATION',
      });
      expect(log.createdAt.getTime()).toBeGreaterThanOrEqual(startTime.getTime());
    }
    expect(JSON.parse(logs[1]?.variables ?? '')).toEqual({ user_id: userId, outcome: 'applied', name: 'Ada' });
    const [refused] = (await sdk.listAuditLogs({ client, startTime, endTime: new Date(), userId: denied.id })).data;
    expect(JSON.parse(refused?.variables ?? '')).toMatchObject({ outcome: 'denied' });
    expect((await sdk.listAuditLogs({ client, operationType: 'QUERY' })).data).toEqual([]);
  });

  describe('throws', () => {
    it('AuthenticationError for no key of ours', async () => {
      const error = await refusal(sdk.listUsers({ client: clientOf(sdk, context.service, 'wrong') }));
      expect(error).toBeInstanceOf(sdk.AuthenticationError);
      expect(error).toMatchObject({ statusCode: 401, message: expect.stringContaining('Send a valid API key') });
    });

    it('AuthorizationError for what the caller may not', async () => {
      const { key } = await context.seed.user({ role: 'annotator' });
      const { key: readOnly, id: userId } = await context.seed.user();
      const [annotator, member] = [clientOf(sdk, context.service, key), clientOf(sdk, context.service, readOnly)];
      for (const call of [
        () => sdk.listUsers({ client: annotator }),
        () => sdk.getUser({ client: annotator, userId: nobody }),
        () => sdk.updateUser({ client: member, userId, name: 'Eve' }),
        () => sdk.listAuditLogs({ client: member }),
      ]) {
        const error = await refusal(call());
        expect(error).toBeInstanceOf(sdk.AuthorizationError);
        expect(error).toMatchObject({ statusCode: 403, message: expect.stringContaining('admin') });
      }
    });

    it('NotFoundError for nobody', async () => {
      for (const call of [
        () => sdk.getUser({ client, userId: nobody }),
        () => sdk.updateUser({ client, userId: nobody, name: 'Ada' }),
      ]) {
        const error = await refusal(call());
        expect(error).toBeInstanceOf(sdk.NotFoundError);
        expect(error).toMatchObject({ statusCode: 404, message: expect.stringContaining('no such user') });
      }
    });

    it('BadRequestError for what is not as documented', async () => {
      const { id: userId } = await context.seed.user();
      const calls: [string, () => Promise<unknown>][] = [
        ['limit must be', () => sdk.listUsers({ client, limit: 101 })],
        ['cursor must be', () => sdk.listUsers({ client, cursor: 'x' })],
        ['email must have', () => sdk.listUsers({ client, email: 'x'.repeat(256) })],
        ['user_id must be', () => sdk.getUser({ client, userId: 'x' })],
        ['body must', () => sdk.updateUser({ client, userId })],
        ['name must', () => sdk.updateUser({ client, userId, name: ' ' })],
        ['start_time must be', () => sdk.listAuditLogs({ client, startTime: 'yesterday' })],
      ];
      for (const [fault, call] of calls) {
        const error = await refusal(call());
        expect(error).toBeInstanceOf(sdk.BadRequestError);
        expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining(fault) });
      }
    });

    it('APIError for a condition not met, as for anything else', async () => {
      const { id: userId } = await context.seed.user();
      const { baseUrl, admin } = context.service;
      const defaultHeaders = { 'if-match': '"7"' };
      const careful = sdk.createClient({ apiKey: admin.api_key, baseUrl, defaultHeaders });
      const error = await refusal(sdk.updateUser({ client: careful, userId, name: 'Ada' }));
      expect(error).toBeInstanceOf(sdk.APIError);
      expect(error).not.toBeInstanceOf(sdk.BadRequestError);
      expect(error).toMatchObject({ statusCode: 412, message: expect.stringContaining('ETag') });
    });
  });
});

describe('@arizeai/ax-client 1.23.0, where words are spelt', () => {
  it('lists by status, one or several', async () => {
    const { service, seed } = context;
    const client = clientOf(official, service);
    const [invited, expired] = [await seed.user({ status: 'invited' }), await seed.user({ status: 'expired' })];
    const removed = await seed.user({ status: 'removed' });
    const list = (status: official.UserStatus[]) =>
      walked((cursor) => official.listUsers({ client, status, limit: 3, ...cursor }));
    expect(ids(await list(['invited']))).toEqual([invited.id]);
    expect(ids(await list(['expired']))).toEqual([expired.id]);
    expect(ids(await list(['expired', 'invited']))).toEqual([invited.id, expired.id]);
    const active = await list(['active']);
    expect(ids(active)).toEqual(expect.arrayContaining([service.admin.user_id]));
    expect(active.filter(({ status, id }) => status !== 'active' || id === removed.id)).toEqual([]);
  });

  it.each([
    ['admin', { type: 'predefined', name: 'admin' }],
    ['annotator', { type: 'predefined', name: 'annotator' }],
    ['custom:auditor', { type: 'custom', id: 'auditor' }],
  ])('reads the role %s', async (role, told) => {
    const { id: userId } = await context.seed.user({ role });
    expect((await official.getUser({ client: clientOf(official, context.service), userId })).role).toEqual(told);
  });
});
