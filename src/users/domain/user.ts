import type { Revision } from '../../event-sourcing/fact.js';
import type { Aggregate, Current } from '../../event-sourcing/streams.js';
import type { Actor } from './actor.js';
import { CorruptHistory, RevisionMismatch, UpdateNotAllowed, UserNotFound, UsersNotReadable } from './user.errors.js';
import type { UserAdded, UserEvent } from './user.events.js';
import { mayReadUsers, mayUpdate } from './user.policy.js';

/** An invitation as it is stored: of the token no more than its SHA-256. */
export type Invitation = Readonly<{ invitationId: string; tokenHash: string; expiresAt: string }>;

/** `invitation` is that of a user who was invited, the latest; it says nothing once they are active. */
export type User = Readonly<{
  userId: string;
  accountId: string;
  email: string;
  name: string;
  role: string;
  isDeveloper: boolean;
  permissions: readonly string[];
  state: 'invited' | 'active' | 'removed';
  invitation: Invitation | undefined;
}>;

/** `ifMatch`: apply only at one of these revisions. */
export type UpdateUser = Readonly<{
  userId: string;
  actor: Actor;
  name?: string;
  isDeveloper?: boolean;
  ifMatch?: readonly Revision[];
}>;

/** What an event makes of a user. It judges nothing, for what is stored has happened. @throws CorruptHistory */
export function evolve(user: User | undefined, event: UserEvent): User {
  if (event.type === 'UserAdded' || event.type === 'UserInvited') {
    const { userId, accountId, email, name, role, isDeveloper } = event.data;
    const invitation = event.type === 'UserInvited' ? invitationOf(event.data) : undefined;
    const state = invitation ? 'invited' : 'active';
    return { userId, accountId, email, name, role, isDeveloper, permissions: [], state, invitation };
  }
  if (!user) throw new CorruptHistory(event.type);
  switch (event.type) {
    case 'UserRenamed':
      return { ...user, name: event.data.to };
    case 'DeveloperPermissionGranted':
      return { ...user, isDeveloper: true };
    case 'DeveloperPermissionRevoked':
      return { ...user, isDeveloper: false };
    case 'UserActivated':
      return { ...user, state: 'active' };
    case 'InvitationRenewed':
      return { ...user, invitation: invitationOf(event.data) };
    case 'PermissionGranted':
      return { ...user, permissions: [...without(user, event.data.permission), event.data.permission] };
    case 'PermissionRevoked':
      return { ...user, permissions: without(user, event.data.permission) };
    case 'UserRemoved':
      return { ...user, state: 'removed' };
  }
}

/** A user's stream, from invitation to removal. */
export const userAggregate: Aggregate<User, UserEvent> = { category: 'user', evolve };

/** Refuses first, then decides; the same wish made twice says nothing the second time. */
export function updateUser({ state, revision }: Current<User>, wish: UpdateUser): UserEvent[] {
  const { actor, userId, ifMatch } = wish;
  if (!mayReadUsers(actor)) throw new UsersNotReadable();
  const user = visibleTo(actor, state, userId);
  if (!mayUpdate(actor, wish)) throw new UpdateNotAllowed(wish.isDeveloper === undefined ? 'name' : 'is_developer');
  if (ifMatch && !ifMatch.includes(revision)) throw new RevisionMismatch(revision);
  return [...rename(user, wish.name), ...setDeveloper(user, wish.isDeveloper)];
}

/** The user, where the actor may know that there is one. @throws UserNotFound */
export function visibleTo(actor: Actor, user: User | undefined, userId: string): User {
  if (!user || user.state === 'removed' || user.accountId !== actor.accountId) throw new UserNotFound(userId);
  return user;
}

/** Whether an invitation has lapsed; it does so by the clock alone. */
export const hasLapsed = ({ expiresAt }: Invitation, now: Date): boolean => Date.parse(expiresAt) <= now.getTime();

/** Adds a user who is active at once; asked again, they are there already. */
export const addUser = ({ state }: Current<User>, data: UserAdded['data']): UserEvent[] =>
  state ? [] : [{ type: 'UserAdded', data }];

const invitationOf = ({ invitationId, tokenHash, expiresAt }: Invitation): Invitation => ({
  ...{ invitationId, tokenHash, expiresAt },
});

const without = ({ permissions }: User, permission: string): string[] =>
  permissions.filter((held) => held !== permission);

const rename = ({ userId, name }: User, to = name): UserEvent[] =>
  to === name ? [] : [{ type: 'UserRenamed', data: { userId, from: name, to } }];

const setDeveloper = ({ userId, isDeveloper }: User, to = isDeveloper): UserEvent[] =>
  to === isDeveloper
    ? []
    : [{ type: to ? 'DeveloperPermissionGranted' : 'DeveloperPermissionRevoked', data: { userId } }];
