import type { Recorded } from '../../event-sourcing/fact.js';
import type { ColumnsOf, Projection } from '../../event-sourcing/projection.js';
import type { UserEvent } from '../domain/user.events.js';

/**
 * One user as callers see them. `permissions` is a sorted JSON array; `invitationExpiresAt` is null once they are active;
 * `emailFolded` is what e-mails are searched in; `since` is when they came to be as they are, RFC 3339 with milliseconds.
 */
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
  emailFolded: string;
  since: string;
}>;

/** Shared with the versions of users, whose rows are users as they once were. */
export const userColumns: ColumnsOf<UserView> = {
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
  emailFolded: 'text',
  since: 'text',
};

type Born = Readonly<{ data: Pick<UserView, 'userId' | 'accountId' | 'email' | 'name' | 'role' | 'isDeveloper'> }>;

const born = ({
  data: { userId, accountId, email, name, role, isDeveloper },
  meta,
}: Born & Pick<Recorded, 'meta'>) => ({
  ...{ userId, accountId, email, name, role, isDeveloper },
  permissions: '[]',
  createdAt: meta.occurredAt,
  emailFolded: email.toLowerCase(),
  since: meta.occurredAt,
});

/** Clocks differ between instances; a user's own history never runs backwards. */
const since = ({ meta }: Pick<Recorded, 'meta'>, row: UserView | undefined) => ({
  since: row && row.since > meta.occurredAt ? row.since : meta.occurredAt,
});

const permissionsOf = (row: UserView | undefined): string[] => JSON.parse(row?.permissions ?? '[]') as string[];
const having = (row: UserView | undefined, permission: string) =>
  JSON.stringify([...new Set([...permissionsOf(row), permission])].sort());
const lacking = (row: UserView | undefined, permission: string) =>
  JSON.stringify(permissionsOf(row).filter((held) => held !== permission));

/** Users as they are now, those removed among them: they are known, and shown to nobody. */
export const userView: Projection<UserEvent, UserView> = {
  name: 'user-view-2',
  columns: userColumns,
  // Beyond the order of the list, what lists are filtered by: rows that do not fit are passed over in the index alone.
  indexes: [['accountId', 'createdAt', 'key', 'emailFolded', 'state', 'isDeveloper', 'invitationExpiresAt']],
  key: ({ data }) => data.userId,
  on: {
    UserAdded: (event) => ({ ...born(event), state: 'active', invitationExpiresAt: null }),
    UserInvited: (event) => ({ ...born(event), state: 'invited', invitationExpiresAt: event.data.expiresAt }),
    UserActivated: (event, row) => ({ ...since(event, row), state: 'active', invitationExpiresAt: null }),
    InvitationRenewed: (event, row) => ({ ...since(event, row), invitationExpiresAt: event.data.expiresAt }),
    UserRenamed: (event, row) => ({ ...since(event, row), name: event.data.to }),
    DeveloperPermissionGranted: (event, row) => ({ ...since(event, row), isDeveloper: true }),
    DeveloperPermissionRevoked: (event, row) => ({ ...since(event, row), isDeveloper: false }),
    PermissionGranted: (event, row) => ({ ...since(event, row), permissions: having(row, event.data.permission) }),
    PermissionRevoked: (event, row) => ({ ...since(event, row), permissions: lacking(row, event.data.permission) }),
    UserRemoved: (event, row) => ({ ...since(event, row), state: 'removed' }),
  },
};
