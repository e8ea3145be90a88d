import { createHash, timingSafeEqual } from 'node:crypto';
import type { Current } from '../../event-sourcing/streams.js';
import type { Actor } from './actor.js';
import { InvitationNotFound, InvitingNotAllowed, NotInvited } from './user.errors.js';
import type { UserEvent } from './user.events.js';
import { inviteRule, mayReadUsers } from './user.policy.js';
import { hasLapsed, type Invitation, type User, visibleTo } from './user.js';

/** What is stored of a token. A plain SHA-256 suffices: 256 bits out of a MAC cannot be guessed from it. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

type ResendInvitation = Readonly<{ userId: string; actor: Actor; invitation: Invitation }>;

/** Replaces an invitation, lapsed or not, by a new one. @throws InvitingNotAllowed | UserNotFound | NotInvited */
export function resendInvitation({ state }: Current<User>, wish: ResendInvitation): UserEvent[] {
  const { userId, actor, invitation } = wish;
  const rule = inviteRule(actor);
  if (!rule && !mayReadUsers(actor)) throw new InvitingNotAllowed();
  const user = visibleTo(actor, state, userId);
  if (!rule) throw new InvitingNotAllowed();
  if (user.state !== 'invited') throw new NotInvited();
  return [{ type: 'InvitationRenewed', data: { userId, ...invitation } }];
}

/** Takes up an invitation, once, with its latest token and before it lapses. @throws InvitationNotFound */
export function acceptInvitation({ state: user }: Current<User>, tokenHash: string, now: Date): UserEvent[] {
  if (user?.state !== 'invited' || !user.invitation || hasLapsed(user.invitation, now)) throw new InvitationNotFound();
  if (!sameHash(user.invitation.tokenHash, tokenHash)) throw new InvitationNotFound();
  return [{ type: 'UserActivated', data: { userId: user.userId, invitationId: user.invitation.invitationId } }];
}

/** In a time that does not tell how much of it was right. */
function sameHash(stored: string, given: string): boolean {
  const [a, b] = [Buffer.from(stored), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
