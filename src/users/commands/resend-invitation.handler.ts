import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Context } from '../../event-sourcing/fact.js';
import type { Actor } from '../domain/actor.js';
import { resendInvitation } from '../domain/invitation.js';
import { InvitingNotAllowed } from '../domain/user.errors.js';
import { inviteRule, mayReadUsers } from '../domain/user.policy.js';
import { Invitations } from './invitations.js';
import { type Ended, Once } from './once.js';
import { Refusals } from './refusals.js';
import { UserStreams } from './streams.js';

/** Asks for a new invitation in place of the one before. */
export class ResendInvitationCommand extends Command<Ended> {
  constructor(
    readonly wish: Readonly<{ userId: string; actor: Actor }>,
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

/** Puts a new invitation in place of the former, whose link is void from then on. */
@CommandHandler(ResendInvitationCommand)
export class ResendInvitationHandler implements ICommandHandler<ResendInvitationCommand> {
  constructor(
    private readonly users: UserStreams,
    private readonly invitations: Invitations,
    private readonly once: Once,
    private readonly refusals: Refusals,
  ) {}

  /** @throws InvitingNotAllowed | UserNotFound | NotInvited, and what {@link Once}, {@link Refusals} and transact throw */
  execute({ wish, context }: ResendInvitationCommand): Promise<Ended> {
    const attempt = { action: 'resendInvitation', targetId: wish.userId, fields: [] };
    return this.refusals.watch(attempt, context, async () => {
      const { userId, actor } = wish;
      if (!inviteRule(actor) && !mayReadUsers(actor)) throw new InvitingNotAllowed();
      const stamped = { ...context, rule: inviteRule(actor) ?? 'none' };
      const invitation = this.invitations.issue();
      return this.once.run(stamped, async () => ({
        subject: userId,
        ...(await this.users.transact(userId, (user) => resendInvitation(user, { ...wish, invitation }), stamped)),
      }));
    });
  }
}
