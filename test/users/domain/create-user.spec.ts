import { describe, expect, it } from '@jest/globals';
import { type CreateUser, createUser, judgeCreation } from '../../../src/users/domain/create-user.js';
import {
  CreateNotAllowed,
  EmailTaken,
  InviteModeNotSupported,
  RoleNotAssignable,
} from '../../../src/users/domain/user.errors.js';
import type { UserEvent } from '../../../src/users/domain/user.events.js';
import { evolve } from '../../../src/users/domain/user.js';
import { admin, annotator, holding, member, USER, userAdded, userInvited } from '../../support/examples.js';
import { scenarios } from '../../support/scenarios.js';

const invitation = { invitationId: 'new', tokenHash: 'beef', expiresAt: '2026-03-01T00:00:00.000Z' };
const [before, after] = [new Date('2026-01-31T23:59:59.999Z'), new Date('2026-02-01T00:00:00.000Z')];
const create = (wish: Partial<CreateUser> = {}): CreateUser => ({
  ...{ actor: admin, name: 'Ada', email: 'ada@example.com', role: 'member', inviteMode: 'email_link', ...wish },
});
const at = (now: Date) =>
  scenarios({
    evolve,
    decide: (current, wish: CreateUser) => createUser(current, wish, { userId: USER, invitation, now }),
  });
const given = at(before);
const removed: UserEvent = { type: 'UserRemoved', data: { userId: USER } };

describe('creating a user', () => {
  it('invites', () => {
    const { data } = userAdded({ isDeveloper: true });
    given()
      .when(create())
      .emits({ type: 'UserInvited', data: { ...data, ...invitation } });
  });
  it.each([
    ['admin', undefined, true],
    ['annotator', undefined, false],
    ['annotator', true, true],
    ['member', false, false],
  ])('adds at once: %s, is_developer %p: %p', (role, isDeveloper, is) => {
    const wish = create({ inviteMode: 'none', role, ...(isDeveloper !== undefined && { isDeveloper }) });
    const current = { state: undefined, revision: -1n };
    expect(createUser(current, wish, { userId: USER, invitation, now: before })).toEqual([
      userAdded({ role, isDeveloper: is }),
    ]);
  });
  it('leaves the invited as they are', () => {
    given(userInvited())
      .when(create({ name: 'Other' }))
      .emitsNothing();
  });
  it('invites anew from the very moment an invitation lapses', () => {
    at(after)(userInvited())
      .when(create())
      .emits({ type: 'InvitationRenewed', data: { userId: USER, ...invitation } });
  });
  it.each<[string, UserEvent[]]>([
    ['is active', [userAdded()]],
    ['was removed', [userAdded(), removed]],
    ['was removed while invited', [userInvited(), removed]],
    ['has accepted', [userInvited(), { type: 'UserActivated', data: { userId: USER, invitationId: 'i' } }]],
  ])('refuses the e-mail of one who %s', (_, history) => {
    given(...history)
      .when(create())
      .refuses(EmailTaken);
  });
});

describe('who may create', () => {
  const creator = holding(member, 'USER_CREATE');
  it.each([
    ['an admin, an admin', create({ role: 'admin' }), 'account_admin'],
    ['USER_CREATE, a member', create({ actor: creator }), 'permission:USER_CREATE'],
  ])('%s', (_, wish, rule) => {
    expect(judgeCreation(wish)).toBe(rule);
  });
  it.each([
    ['a member', create({ actor: member }), 'permission:USER_CREATE'],
    [
      'an annotator who may do all else',
      create({ actor: holding(annotator, 'USER_UPDATE') }),
      'permission:USER_CREATE',
    ],
    ['USER_CREATE, an admin', create({ actor: creator, role: 'admin' }), 'account_admin'],
    ['the right judged first', create({ actor: member, role: 'custom:x' }), 'permission:USER_CREATE'],
  ])('not %s', (_, wish, missing) => {
    expect(() => judgeCreation(wish)).toThrow(expect.objectContaining({ missing }));
    expect(() => judgeCreation(wish)).toThrow(CreateNotAllowed);
  });
  it('nobody gives custom roles, or passwords', () => {
    expect(() => judgeCreation(create({ role: 'custom:x' }))).toThrow(RoleNotAssignable);
    expect(() => judgeCreation(create({ inviteMode: 'temporary_password' }))).toThrow(InviteModeNotSupported);
  });
});
