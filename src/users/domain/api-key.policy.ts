import type { Current } from '../../event-sourcing/streams.js';
import type { Actor } from './actor.js';
import { UserNotFound } from './user.errors.js';
import type { UserEvent } from './user.events.js';
import type { User } from './user.js';

/** What allowed a command about a key; stored with its events. */
type KeyRule = 'account_admin' | 'key_owner';

const isAdmin = (actor: Actor): boolean => actor.role === 'admin';

/** Whose keys the caller sees and manages: everybody's as account admin, else their own. */
export const managesAllKeys = isAdmin;

/** Own keys are anybody's to manage, other users' the account admin's alone. */
export const mayManageKeysOf = (actor: Actor, userId: string): boolean => isAdmin(actor) || actor.userId === userId;

/** What allows `actor` whatever they may do about keys. */
export const keyRule = (actor: Actor): KeyRule => (isAdmin(actor) ? 'account_admin' : 'key_owner');

/** Keys are for users who are there. Changes nothing. @throws UserNotFound */
export function expectUser({ state: user }: Current<User>, accountId: string, userId: string): UserEvent[] {
  if (!user || user.state === 'removed' || user.accountId !== accountId) throw new UserNotFound(userId);
  return [];
}
