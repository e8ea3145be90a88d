import type { Revision } from '../../event-sourcing/fact.js';
import type { Current } from '../../event-sourcing/streams.js';
import type { Actor } from './actor.js';
import type { Permission } from './permission.js';
import { GrantingNotAllowed, RevisionMismatch } from './user.errors.js';
import type { UserEvent } from './user.events.js';
import { grantRule, mayReadUsers } from './user.policy.js';
import { type User, visibleTo } from './user.js';

/** The permissions a user is to hold, and no others. */
export type SetPermissions = Readonly<{
  userId: string;
  actor: Actor;
  permissions: readonly Permission[];
  ifMatch?: readonly Revision[];
}>;

/** Grants what is missing and revokes what is too much, all at once. @throws GrantingNotAllowed | UserNotFound | RevisionMismatch */
export function setPermissions({ state, revision }: Current<User>, wish: SetPermissions): UserEvent[] {
  const { userId, actor, ifMatch } = wish;
  const rule = grantRule(actor);
  if (!rule && !mayReadUsers(actor)) throw new GrantingNotAllowed();
  const user = visibleTo(actor, state, userId);
  if (!rule) throw new GrantingNotAllowed();
  if (ifMatch && !ifMatch.includes(revision)) throw new RevisionMismatch(revision);
  const wanted = new Set<string>(wish.permissions);
  const granted = [...wanted].filter((permission) => !user.permissions.includes(permission)).sort();
  const revoked = user.permissions.filter((permission) => !wanted.has(permission)).sort();
  return [
    ...granted.map((permission): UserEvent => ({ type: 'PermissionGranted', data: { userId, permission } })),
    ...revoked.map((permission): UserEvent => ({ type: 'PermissionRevoked', data: { userId, permission } })),
  ];
}
