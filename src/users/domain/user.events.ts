import type { Catalogue } from '../../event-sourcing/catalogue.js';
import type { Fact } from '../../event-sourcing/fact.js';

// Names and fields as stored. Other services read these very events: add to them, never rename or reuse one.

type Invitation = { invitationId: string; tokenHash: string; expiresAt: string };
type NewUser = {
  userId: string;
  accountId: string;
  email: string;
  name: string;
  /** `admin`, `member`, `annotator`, or `custom:<id>`. */
  role: string;
  isDeveloper: boolean;
};

export type UserInvited = Fact<'UserInvited', NewUser & Invitation>;
export type UserAdded = Fact<'UserAdded', NewUser>;
export type UserActivated = Fact<'UserActivated', { userId: string; invitationId: string }>;
export type InvitationRenewed = Fact<'InvitationRenewed', { userId: string } & Invitation>;
export type UserRenamed = Fact<'UserRenamed', { userId: string; from: string; to: string }>;
export type DeveloperPermissionGranted = Fact<'DeveloperPermissionGranted', { userId: string }>;
export type DeveloperPermissionRevoked = Fact<'DeveloperPermissionRevoked', { userId: string }>;
export type PermissionGranted = Fact<'PermissionGranted', { userId: string; permission: string }>;
export type PermissionRevoked = Fact<'PermissionRevoked', { userId: string; permission: string }>;
export type UserRemoved = Fact<'UserRemoved', { userId: string }>;

export type UserEvent =
  | UserInvited
  | UserAdded
  | UserActivated
  | InvitationRenewed
  | UserRenamed
  | DeveloperPermissionGranted
  | DeveloperPermissionRevoked
  | PermissionGranted
  | PermissionRevoked
  | UserRemoved;

const newUser = {
  userId: 'string',
  accountId: 'string',
  email: 'string',
  name: 'string',
  role: 'string',
  isDeveloper: 'boolean',
} as const;
const invitation = { invitationId: 'string', tokenHash: 'string', expiresAt: 'time' } as const;
const userId = { userId: 'string' } as const;

export const userEvents: Catalogue<UserEvent> = {
  UserInvited: {
    says: 'A user was invited and has not yet accepted.',
    version: 1,
    fields: { ...newUser, ...invitation },
    personal: ['email', 'name'],
  },
  UserAdded: { says: 'A user was added, active at once.', version: 1, fields: newUser, personal: ['email', 'name'] },
  UserActivated: {
    says: 'An invited user accepted and is active.',
    version: 1,
    fields: { ...userId, invitationId: 'string' },
    personal: [],
  },
  InvitationRenewed: {
    says: 'An invitation was replaced by a new one; the former is void.',
    version: 1,
    fields: { ...userId, ...invitation },
    personal: [],
  },
  UserRenamed: {
    says: 'The display name was changed.',
    version: 1,
    fields: { ...userId, from: 'string', to: 'string' },
    personal: ['from', 'to'],
  },
  DeveloperPermissionGranted: {
    says: 'The developer permission was granted.',
    version: 1,
    fields: userId,
    personal: [],
  },
  DeveloperPermissionRevoked: {
    says: 'The developer permission was revoked.',
    version: 1,
    fields: userId,
    personal: [],
  },
  PermissionGranted: {
    says: 'A permission was granted.',
    version: 1,
    fields: { ...userId, permission: 'string' },
    personal: [],
  },
  PermissionRevoked: {
    says: 'A permission was revoked.',
    version: 1,
    fields: { ...userId, permission: 'string' },
    personal: [],
  },
  UserRemoved: { says: 'The user was removed.', version: 1, fields: userId, personal: [] },
};
