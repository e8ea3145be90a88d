import type { Actor } from './actor.js';
import type { UpdateUser } from './user.js';

/** What allowed a command; stored with its events. */
export type Rule = 'account_admin' | `permission:${string}`;

const isAdmin = (actor: Actor): boolean => actor.role === 'admin';

const allows = (actor: Actor, permission: string): Rule | undefined => {
  if (isAdmin(actor)) return 'account_admin';
  return actor.permissions.includes(permission) ? `permission:${permission}` : undefined;
};

/** Admins and members read users; anyone else needs `USER_READ`. */
export const mayReadUsers = (actor: Actor): boolean =>
  actor.role === 'member' || allows(actor, 'USER_READ') !== undefined;

/** The audit trail and the event feed are read by admins, and by whoever holds `AUDIT_READ`. */
export const mayReadAudit = (actor: Actor): boolean => allows(actor, 'AUDIT_READ') !== undefined;

/**
 * What allows `actor` to make these changes, or undefined where nothing does.
 * Developer permission is the account admin's alone to set; a name needs `USER_UPDATE`.
 */
export function updateRule(actor: Actor, wish: Pick<UpdateUser, 'isDeveloper'>): Rule | undefined {
  if (wish.isDeveloper !== undefined && !isAdmin(actor)) return undefined;
  return allows(actor, 'USER_UPDATE');
}

/** What allows `actor` to create a user with this role. An admin is made by admins alone: others would rise above themselves. */
export const createRule = (actor: Actor, role: string): Rule | undefined =>
  role === 'admin' && !isAdmin(actor) ? undefined : allows(actor, 'USER_CREATE');

/** What allows `actor` to send an invitation again. */
export const inviteRule = (actor: Actor): Rule | undefined => allows(actor, 'USER_CREATE');

/** What allows `actor` to remove users. */
export const removeRule = (actor: Actor): Rule | undefined => allows(actor, 'USER_DELETE');

/** What allows `actor` to grant and revoke permissions: no permission suffices. */
export const grantRule = (actor: Actor): Rule | undefined => (isAdmin(actor) ? 'account_admin' : undefined);

/** Whether anything allows `actor` to make these changes; see {@link updateRule}. */
export const mayUpdate = (actor: Actor, wish: UpdateUser): boolean => updateRule(actor, wish) !== undefined;
