import type { Projection } from '../../event-sourcing/projection.js';
import type { UserEvent } from '../domain/user.events.js';

/** One user as callers see them. `permissions` is a sorted JSON array; `invitationExpiresAt` is null once they are active. */
export type UserView = Readonly<{
  userId: string;
  accountId: string;
  email: string;
  name: string;
  role: string;
  isDeveloper: boolean;
  permissions: string;
  state: string;
  createdAt: string;
  invitationExpiresAt: string | null;
}>;

const born = { permissions: '[]' };

const permissionsOf = (row: UserView | undefined): string[] => JSON.parse(row?.permissions ?? '[]') as string[];
const having = (row: UserView | undefined, permission: string) =>
  JSON.stringify([...new Set([...permissionsOf(row), permission])].sort());
const lacking = (row: UserView | undefined, permission: string) =>
  JSON.stringify(permissionsOf(row).filter((held) => held !== permission));

export const userView: Projection<UserEvent, UserView> = {
  name: 'user-view-1',
  columns: {
    userId: 'text',
    accountId: 'text',
    email: 'text',
    name: 'text',
    role: 'text',
    isDeveloper: 'boolean',
    permissions: 'text',
    state: 'text',
    createdAt: 'text',
    invitationExpiresAt: 'text?',
  },
  indexes: ['accountId'],
  key: ({ data }) => data.userId,
  on: {
    UserAdded: ({ data: { userId, accountId, email, name, role, isDeveloper }, meta }) => ({
      ...born,
      ...{ userId, accountId, email, name, role, isDeveloper },
      state: 'active',
      createdAt: meta.occurredAt,
      invitationExpiresAt: null,
    }),
    UserInvited: ({ data: { userId, accountId, email, name, role, isDeveloper, expiresAt }, meta }) => ({
      ...born,
      ...{ userId, accountId, email, name, role, isDeveloper },
      state: 'invited',
      createdAt: meta.occurredAt,
      invitationExpiresAt: expiresAt,
    }),
    UserActivated: () => ({ state: 'active', invitationExpiresAt: null }),
    InvitationRenewed: ({ data }) => ({ invitationExpiresAt: data.expiresAt }),
    UserRenamed: ({ data }) => ({ name: data.to }),
    DeveloperPermissionGranted: () => ({ isDeveloper: true }),
    DeveloperPermissionRevoked: () => ({ isDeveloper: false }),
    PermissionGranted: ({ data }, row) => ({ permissions: having(row, data.permission) }),
    PermissionRevoked: ({ data }, row) => ({ permissions: lacking(row, data.permission) }),
    UserRemoved: () => ({ state: 'removed' }),
  },
};
