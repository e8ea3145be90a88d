import type { Revision } from '../../event-sourcing/fact.js';
import type { Aggregate, Current } from '../../event-sourcing/streams.js';
import type { Actor } from './actor.js';
import { CorruptHistory, RevisionMismatch, UpdateNotAllowed, UserNotFound, UsersNotReadable } from './user.errors.js';
import type { UserAdded, UserEvent } from './user.events.js';
import { mayReadUsers, mayUpdate } from './user.policy.js';

export type User = Readonly<{
  userId: string;
  accountId: string;
  name: string;
  isDeveloper: boolean;
  removed: boolean;
}>;

/** `ifMatch`: apply only at one of these revisions. */
export type UpdateUser = Readonly<{
  userId: string;
  actor: Actor;
  name?: string;
  isDeveloper?: boolean;
  ifMatch?: readonly Revision[];
}>;

export function evolve(user: User | undefined, event: UserEvent): User {
  if (event.type === 'UserAdded' || event.type === 'UserInvited') {
    const { userId, accountId, name, isDeveloper } = event.data;
    return { userId, accountId, name, isDeveloper, removed: false };
  }
  if (!user) throw new CorruptHistory(event.type);
  switch (event.type) {
    case 'UserRenamed':
      return { ...user, name: event.data.to };
    case 'DeveloperPermissionGranted':
      return { ...user, isDeveloper: true };
    case 'DeveloperPermissionRevoked':
      return { ...user, isDeveloper: false };
    case 'UserRemoved':
      return { ...user, removed: true };
    case 'UserActivated':
    case 'InvitationRenewed':
    case 'PermissionGranted':
    case 'PermissionRevoked':
      return user;
  }
}

export const userAggregate: Aggregate<User, UserEvent> = { category: 'user', evolve };

/** Refuses first, then decides; the same wish made twice says nothing the second time. */
export function updateUser({ state: user, revision }: Current<User>, wish: UpdateUser): UserEvent[] {
  const { actor, userId, ifMatch } = wish;
  if (!mayReadUsers(actor)) throw new UsersNotReadable();
  if (!user || user.removed || user.accountId !== actor.accountId) throw new UserNotFound(userId);
  if (!mayUpdate(actor, wish)) throw new UpdateNotAllowed(wish.isDeveloper === undefined ? 'name' : 'is_developer');
  if (ifMatch && !ifMatch.includes(revision)) throw new RevisionMismatch(revision);
  return [...rename(user, wish.name), ...setDeveloper(user, wish.isDeveloper)];
}

/** Adds a user who is active at once; asked again, they are there already. */
export const addUser = ({ state }: Current<User>, data: UserAdded['data']): UserEvent[] =>
  state ? [] : [{ type: 'UserAdded', data }];

const rename = ({ userId, name }: User, to = name): UserEvent[] =>
  to === name ? [] : [{ type: 'UserRenamed', data: { userId, from: name, to } }];

const setDeveloper = ({ userId, isDeveloper }: User, to = isDeveloper): UserEvent[] =>
  to === isDeveloper
    ? []
    : [{ type: to ? 'DeveloperPermissionGranted' : 'DeveloperPermissionRevoked', data: { userId } }];
