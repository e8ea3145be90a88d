import type { Current } from '../../event-sourcing/streams.js';
import type { Actor } from './actor.js';
import { OwnRemoval, RemovalNotAllowed, UserNotFound } from './user.errors.js';
import type { UserEvent } from './user.events.js';
import { mayReadUsers, removeRule } from './user.policy.js';
import { type User, visibleTo } from './user.js';

export type RemoveUser = Readonly<{ userId: string; actor: Actor }>;

/**
 * Removes a user, for good; asked again, they are gone already. That an admin remains is the account's to decide
 * (`dismissAdmin`), before this.
 *
 * @throws RemovalNotAllowed | UserNotFound | OwnRemoval
 */
export function removeUser({ state: user }: Current<User>, { userId, actor }: RemoveUser): UserEvent[] {
  const rule = removeRule(actor);
  if (!rule && !mayReadUsers(actor)) throw new RemovalNotAllowed();
  if (user?.accountId !== actor.accountId) throw new UserNotFound(userId);
  if (!rule) {
    visibleTo(actor, user, userId);
    throw new RemovalNotAllowed();
  }
  if (user.state === 'removed') return [];
  if (userId === actor.userId) throw new OwnRemoval();
  return [{ type: 'UserRemoved', data: { userId } }];
}
