import { beforeAll, describe, expect, it } from '@jest/globals';
import * as official from '@arizeai/ax-client';
import { ulid } from 'ulid';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import { type Client, clientOf, refusal, sdks } from './sdks.js';
import { withService } from './with-service.js';

const context = withService();
const nobody = encodeUserId(ulid());
const MEMBER = { type: 'predefined', name: 'member' } as const;
const somebody = (wanted: Partial<official.CreateUserParams> = {}) => ({
  ...{ name: 'Ada Lovelace', email: `${ulid()}@Example.com`, role: MEMBER, inviteMode: 'none' as const },
  ...wanted,
});

describe.each(sdks)('@arizeai/ax-client %s', (_, sdk) => {
  let client: Client;
  beforeAll(() => {
    client = clientOf(sdk, context.service);
  });

  it('deletes a user, for good and again', async () => {
    const { id: userId, email } = await context.seed.user();
    await sdk.deleteUser({ client, userId });
    expect(await refusal(sdk.getUser({ client, userId }))).toBeInstanceOf(sdk.NotFoundError);
    expect((await sdk.listUsers({ client, email })).data).toEqual([]);
    await sdk.deleteUser({ client, userId });
  });

  it('deletes users by their e-mail, and tells of whom there is none', async () => {
    const [one, other] = [await context.seed.user(), await context.seed.user()];
    const emails = [other.email.toUpperCase(), 'nobody@example.com'];
    const results = await sdk.bulkDeleteUsers({ client, userIds: [one.id], emails });
    expect(results).toEqual([
      expect.objectContaining({ email: 'nobody@example.com', status: 'not_found' }),
      expect.objectContaining({ userId: one.id, status: 'deleted' }),
      { userId: other.id, email: other.email.toUpperCase(), status: 'deleted' },
    ]);
    expect((await sdk.listUsers({ client, email: other.email })).data).toEqual([]);
  });

  it('sends invitations again, to who is invited and to who let theirs lapse', async () => {
    for (const status of ['invited', 'expired'] as const) {
      const { id: userId } = await context.seed.user({ status });
      await sdk.resendInvitation({ client, userId });
      expect((await sdk.getUser({ client, userId })).status).toBe('invited');
    }
  });

  it.each<
    [string, 'BadRequestError' | 'NotFoundError' | 'AuthorizationError' | 'APIError', number, () => Promise<unknown>]
  >([
    ['oneself to be deleted', 'APIError', 422, () => sdk.deleteUser({ client, userId: context.service.admin.user_id })],
    ['nobody to be deleted', 'NotFoundError', 404, () => sdk.deleteUser({ client, userId: nobody })],
    ['what is no id', 'BadRequestError', 400, () => sdk.deleteUser({ client, userId: 'x' })],
    ['nobody to be invited', 'NotFoundError', 404, () => sdk.resendInvitation({ client, userId: nobody })],
    [
      'who is active to be invited',
      'BadRequestError',
      400,
      async () => sdk.resendInvitation({ client, userId: (await context.seed.user()).id }),
    ],
    [
      'a member to delete',
      'AuthorizationError',
      403,
      async () => {
        const { key, id: userId } = await context.seed.user();
        return sdk.deleteUser({ client: clientOf(sdk, context.service, key), userId });
      },
    ],
    [
      'a member to invite',
      'AuthorizationError',
      403,
      async () => {
        const { key } = await context.seed.user();
        const { id: userId } = await context.seed.user({ status: 'invited' });
        return sdk.resendInvitation({ client: clientOf(sdk, context.service, key), userId });
      },
    ],
  ])('does not allow %s: %s, %d', async (_what, kind, statusCode, call) => {
    const error = await refusal(call());
    expect(error).toBeInstanceOf(sdk[kind]);
    expect(error).toMatchObject({ name: kind, statusCode });
  });
});

describe('@arizeai/ax-client 1.23.0 creates', () => {
  let client: Client;
  beforeAll(() => {
    client = clientOf(official, context.service);
  });
  const create = (wanted: Partial<official.CreateUserParams> = {}) =>
    official.createUser({ client, ...somebody(wanted) });

  it('a user who is active at once', async () => {
    const wanted = somebody();
    const { createdAt, id, ...rest } = (await official.createUser({ client, ...wanted })) as official.UserCreated;
    expect(rest).toEqual({
      ...{ name: wanted.name, email: wanted.email, role: MEMBER, status: 'active', isDeveloper: true },
      inviteMode: 'none',
    });
    expect(await official.getUser({ client, userId: id })).toMatchObject({ createdAt, email: wanted.email });
  });

  it('an invitation, once; whoever is invited already is told as they are', async () => {
    const wanted = somebody({ inviteMode: 'email_link' });
    const created = await official.createUser({ client, ...wanted });
    expect(created).toMatchObject({ status: 'invited', inviteMode: 'email_link' });
    const again = await official.createUser({ client, ...wanted, name: 'Eve', email: wanted.email.toUpperCase() });
    expect(again).not.toHaveProperty('inviteMode');
    expect(again).toEqual(await official.getUser({ client, userId: created.id }));
  });

  it('an invitation anew where one has lapsed', async () => {
    const { id, email } = await context.seed.user({ status: 'expired' });
    const again = await create({ email, inviteMode: 'email_link' });
    expect(again).toMatchObject({ id, status: 'invited', inviteMode: 'email_link' });
  });

  it.each<[official.UserAccountRole, boolean]>([
    ['admin', true],
    ['member', true],
    ['annotator', false],
  ])('a user who is %s, developer by default: %s', async (name, isDeveloper) => {
    const role = { type: 'predefined', name } as const;
    expect(await create({ role })).toMatchObject({ role, isDeveloper });
    expect(await create({ role, isDeveloper: !isDeveloper })).toMatchObject({ role, isDeveloper: !isDeveloper });
  });

  it.each<[string, 'BadRequestError' | 'AuthorizationError' | 'APIError', number, () => Promise<unknown>]>([
    ['no name', 'BadRequestError', 400, () => create({ name: ' ' })],
    ['no e-mail', 'BadRequestError', 400, () => create({ email: 'ada' })],
    ['the e-mail of an active user', 'APIError', 409, async () => create({ email: (await context.seed.user()).email })],
    ['the e-mail of a removed user', 'APIError', 409, async () => create({ email: (await removed()).email })],
    ['a custom role', 'APIError', 422, () => create({ role: { type: 'custom', id: 'auditor' } })],
    ['a temporary password', 'APIError', 422, () => create({ inviteMode: 'temporary_password' })],
    [
      'a caller who may not',
      'AuthorizationError',
      403,
      async () => {
        const { key } = await context.seed.user();
        return official.createUser({ ...somebody(), client: clientOf(official, context.service, key) });
      },
    ],
  ])('nobody for %s: %s, %d', async (_what, kind, statusCode, call) => {
    const error = await refusal(call());
    expect(error).toBeInstanceOf(official[kind]);
    expect(error).toMatchObject({ name: kind, statusCode });
  });

  const removed = () => context.seed.user({ status: 'removed' });
});
