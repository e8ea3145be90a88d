import { expect, it } from '@jest/globals';
import { project } from '../../../src/event-sourcing/projection.js';
import type { Stored } from '../../../src/event-sourcing/read-model.js';
import type { UserEvent } from '../../../src/users/domain/user.events.js';
import { type UserView, userView } from '../../../src/users/projections/user-view.projection.js';
import { ACCOUNT, recorded, USER, userAdded, userInvited } from '../../support/examples.js';

const told = (...events: UserEvent[]): Stored<UserView> | undefined =>
  recorded(events).reduce<Stored<UserView> | undefined>(
    (row, event) => project<UserView>(userView, row, event),
    undefined,
  );
const userId = USER;

it('tells an added user', () => {
  expect(told(userAdded())).toEqual({
    userId,
    accountId: ACCOUNT,
    email: 'ada@example.com',
    name: 'Ada',
    role: 'member',
    isDeveloper: false,
    permissions: '[]',
    state: 'active',
    createdAt: '2026-01-02T03:04:05.678Z',
    invitationExpiresAt: null,
    emailFolded: 'ada@example.com',
    since: '2026-01-02T03:04:05.678Z',
    revision: 0n,
    position: 100n,
  });
});
it('never runs backwards in time, whatever clocks say', () => {
  const [added, renamed] = recorded([userAdded(), { type: 'UserRenamed', data: { userId, from: 'Ada', to: 'B' } }]);
  const early = { ...renamed, meta: { ...renamed?.meta, occurredAt: '2025-12-31T00:00:00.000Z' } };
  const row = [added, early].reduce<Stored<UserView> | undefined>(
    (before, event) => project<UserView>(userView, before, event as never),
    undefined,
  );
  expect(row).toMatchObject({ name: 'B', since: '2026-01-02T03:04:05.678Z' });
});
it('tells what has happened to them since', () => {
  const row = told(
    userAdded(),
    { type: 'UserRenamed', data: { userId, from: 'Ada', to: 'B' } },
    { type: 'DeveloperPermissionGranted', data: { userId } },
    { type: 'PermissionGranted', data: { userId, permission: 'USER_UPDATE' } },
    { type: 'PermissionGranted', data: { userId, permission: 'USER_READ' } },
    { type: 'PermissionRevoked', data: { userId, permission: 'USER_UPDATE' } },
  );
  expect(row).toMatchObject({
    name: 'B',
    isDeveloper: true,
    permissions: '["USER_READ"]',
    revision: 5n,
    position: 105n,
  });
});
it('tells an invitation, its renewal and its acceptance', () => {
  const renewed: UserEvent = {
    type: 'InvitationRenewed',
    data: { userId, invitationId: 'i', tokenHash: 't', expiresAt: '2026-03-01T00:00:00.000Z' },
  };
  expect(told(userInvited())).toMatchObject({ state: 'invited', invitationExpiresAt: '2026-02-01T00:00:00.000Z' });
  expect(told(userInvited(), renewed)).toMatchObject({
    state: 'invited',
    invitationExpiresAt: '2026-03-01T00:00:00.000Z',
  });
  const activated: UserEvent = { type: 'UserActivated', data: { userId, invitationId: 'i' } };
  expect(told(userInvited(), activated)).toMatchObject({ state: 'active', invitationExpiresAt: null });
});
it('tells of developer permission revoked, and of removal', () => {
  expect(
    told(userAdded({ isDeveloper: true }), { type: 'DeveloperPermissionRevoked', data: { userId } })?.isDeveloper,
  ).toBe(false);
  expect(told(userAdded(), { type: 'UserRemoved', data: { userId } })?.state).toBe('removed');
});
