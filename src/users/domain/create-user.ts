import type { Current } from '../../event-sourcing/streams.js';
import type { Actor } from './actor.js';
import { CreateNotAllowed, EmailTaken, InviteModeNotSupported, RoleNotAssignable } from './user.errors.js';
import type { UserEvent } from './user.events.js';
import { createRule, type Rule } from './user.policy.js';
import { hasLapsed, type Invitation, type User } from './user.js';

/** How a new user comes in: at once, by a link in an e-mail, or (elsewhere) with a password to change. */
export const INVITE_MODES = ['none', 'email_link', 'temporary_password'] as const;
export type InviteMode = (typeof INVITE_MODES)[number];

export type CreateUser = Readonly<{
  actor: Actor;
  name: string;
  email: string;
  /** `admin`, `member`, `annotator`, or `custom:<id>`. */
  role: string;
  inviteMode: InviteMode;
  isDeveloper?: boolean;
}>;

/** What is not the caller's to choose: the id that the e-mail is claimed for, an invitation, and what time it is. */
export type Given = Readonly<{ userId: string; invitation: Invitation; now: Date }>;

/**
 * What allows it; asked before the e-mail is claimed, which is for good.
 *
 * @throws CreateNotAllowed | RoleNotAssignable | InviteModeNotSupported
 */
export function judgeCreation({ actor, role, inviteMode }: CreateUser): Rule {
  const rule = createRule(actor, role);
  if (!rule) throw new CreateNotAllowed(createRule(actor, 'member') ? 'account_admin' : 'permission:USER_CREATE');
  if (role.startsWith('custom:')) throw new RoleNotAssignable();
  if (inviteMode === 'temporary_password') throw new InviteModeNotSupported();
  return rule;
}

/**
 * Creates the user an e-mail was claimed for. Who is invited already stays as they are; who let it lapse is invited anew.
 *
 * @throws EmailTaken
 */
export function createUser({ state: user }: Current<User>, wish: CreateUser, given: Given): UserEvent[] {
  const { userId, invitation, now } = given;
  if (!user) return [born(wish, given)];
  if (user.state !== 'invited' || !user.invitation) throw new EmailTaken();
  return hasLapsed(user.invitation, now) ? [{ type: 'InvitationRenewed', data: { userId, ...invitation } }] : [];
}

function born(wish: CreateUser, { userId, invitation }: Given): UserEvent {
  const { actor, email, name, role, inviteMode, isDeveloper = role !== 'annotator' } = wish;
  const data = { userId, accountId: actor.accountId, email, name, role, isDeveloper };
  return inviteMode === 'none'
    ? { type: 'UserAdded', data }
    : { type: 'UserInvited', data: { ...data, ...invitation } };
}
