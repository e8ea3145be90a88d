import { describe, expect, it } from '@jest/globals';
import { accountAggregate, dismissAdmin } from '../../../src/users/domain/account.js';
import { acceptInvitation, hashToken, resendInvitation } from '../../../src/users/domain/invitation.js';
import { removeUser } from '../../../src/users/domain/remove-user.js';
import { type SetPermissions, setPermissions } from '../../../src/users/domain/set-permissions.js';
import {
  GrantingNotAllowed,
  InvitationNotFound,
  InvitingNotAllowed,
  LastAdmin,
  NotInvited,
  OwnRemoval,
  RemovalNotAllowed,
  RevisionMismatch,
  UserNotFound,
} from '../../../src/users/domain/user.errors.js';
import type { UserEvent } from '../../../src/users/domain/user.events.js';
import { evolve } from '../../../src/users/domain/user.js';
import {
  ACCOUNT,
  admin,
  annotator,
  holding,
  member,
  stranger,
  USER,
  userAdded,
  userInvited,
} from '../../support/examples.js';
import { scenarios } from '../../support/scenarios.js';

const removed: UserEvent = { type: 'UserRemoved', data: { userId: USER } };
const permitted = (permission: string): UserEvent => ({
  type: 'PermissionGranted',
  data: { userId: USER, permission },
});
const revoked = (permission: string): UserEvent => ({ type: 'PermissionRevoked', data: { userId: USER, permission } });

describe('removing a user', () => {
  const given = scenarios({ evolve, decide: removeUser });
  const by = (actor = admin) => ({ userId: USER, actor });
  it('is for good, and once', () => {
    given(userAdded()).when(by()).emits(removed);
    given(userInvited())
      .when(by(holding(annotator, 'USER_DELETE')))
      .emits(removed);
    given(userAdded(), removed).when(by()).emitsNothing();
  });
  it('is not for oneself, the unknown, those of others, and those without the right', () => {
    given(userAdded())
      .when(by({ ...admin, userId: USER }))
      .refuses(OwnRemoval);
    given().when(by()).refuses(UserNotFound);
    given(userAdded()).when(by(stranger)).refuses(UserNotFound);
    given(userAdded()).when(by(member)).refuses(RemovalNotAllowed);
    given(userAdded(), removed).when(by(member)).refuses(UserNotFound);
    given().when(by(annotator)).refuses(RemovalNotAllowed);
  });
});

describe('an account', () => {
  const dismiss = (userId: string, ...admins: string[]) => ({ userId, admins });
  const given = scenarios({
    evolve: accountAggregate.evolve,
    decide: (current, wish: ReturnType<typeof dismiss>) => dismissAdmin(current, ACCOUNT, wish.userId, wish.admins),
  });
  const dismissed = (userId: string) => ({ type: 'AdminDismissed' as const, data: { accountId: ACCOUNT, userId } });
  it('lets an admin go while another stays', () => {
    given()
      .when(dismiss('a', 'a', 'b'))
      .emits(dismissed('a'));
    given(dismissed('a'))
      .when(dismiss('b', 'a', 'b', 'c'))
      .emits(dismissed('b'));
  });
  it('counts nobody who was let go already, however late that is known elsewhere', () => {
    given(dismissed('a'))
      .when(dismiss('b', 'a', 'b'))
      .refuses(LastAdmin);
    given().when(dismiss('a', 'a')).refuses(LastAdmin);
    given().when(dismiss('a')).refuses(LastAdmin);
  });
});

describe('permissions', () => {
  const given = scenarios({ evolve, decide: setPermissions });
  const set = (wish: Partial<SetPermissions> = {}) => ({ userId: USER, actor: admin, permissions: [], ...wish });
  it('are granted where missing and revoked where too much', () => {
    given(userAdded(), permitted('USER_READ'), permitted('USER_UPDATE'))
      .when(set({ permissions: ['USER_READ', 'USER_DELETE', 'AUDIT_READ'] }))
      .emits(permitted('AUDIT_READ'), permitted('USER_DELETE'), revoked('USER_UPDATE'));
    given(userAdded(), permitted('USER_READ'), revoked('USER_READ')).when(set()).emitsNothing();
  });
  it('are for admins to set, of users that are there, at the revision named', () => {
    given(userAdded())
      .when(set({ actor: holding(member, 'USER_UPDATE') }))
      .refuses(GrantingNotAllowed);
    given()
      .when(set({ actor: annotator }))
      .refuses(GrantingNotAllowed);
    given(userAdded(), removed).when(set()).refuses(UserNotFound);
    given()
      .when(set({ actor: member }))
      .refuses(UserNotFound);
    given(userAdded())
      .when(set({ ifMatch: [4n] }))
      .refuses(RevisionMismatch);
  });
});

describe('an invitation', () => {
  const invitation = { invitationId: 'new', tokenHash: hashToken('new'), expiresAt: '2026-03-01T00:00:00.000Z' };
  const renewed: UserEvent = { type: 'InvitationRenewed', data: { userId: USER, ...invitation } };
  const accepted: UserEvent = { type: 'UserActivated', data: { userId: USER, invitationId: 'new' } };
  const resend = scenarios({ evolve, decide: resendInvitation });
  const by = (actor = admin) => ({ userId: USER, actor, invitation });
  const state = (...events: UserEvent[]) => ({
    state: events.reduce<ReturnType<typeof evolve> | undefined>(evolve, undefined),
    revision: 0n,
  });
  const before = new Date('2026-02-28T00:00:00.000Z');

  it('is sent again to the invited alone, by those who may', () => {
    expect(resendInvitation(state(userInvited()), by(holding(member, 'USER_CREATE')))).toEqual([renewed]);
    resend(userAdded()).when(by()).refuses(NotInvited);
    resend(userInvited()).when(by(member)).refuses(InvitingNotAllowed);
    resend(userInvited(), removed).when(by()).refuses(UserNotFound);
    resend().when(by(annotator)).refuses(InvitingNotAllowed);
  });
  it('is accepted once, by its latest token, until it lapses', () => {
    const invited = [userInvited(), renewed];
    expect(acceptInvitation(state(...invited), hashToken('new'), before)).toEqual([accepted]);
    const refused = (events: UserEvent[], token: string, now = before) => {
      expect(() => acceptInvitation(state(...events), token, now)).toThrow(InvitationNotFound);
    };
    refused([...invited, accepted], hashToken('new'));
    refused([...invited, removed], hashToken('new'));
    refused(invited, 'f00d');
    refused(invited, hashToken('new'), new Date(invitation.expiresAt));
    refused([userAdded()], 'f00d');
    refused([], 'f00d');
  });
});
