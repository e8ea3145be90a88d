import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../event-sourcing/clock.js';
import type { Context } from '../../event-sourcing/fact.js';
import type { Committed } from '../../event-sourcing/streams.js';
import { acceptInvitation } from '../domain/invitation.js';
import { UserStreams } from './streams.js';

/** Takes up the invitation whose token has this hash. Nobody's rights are asked: who has the token was invited. */
export class AcceptInvitationCommand extends Command<Committed> {
  constructor(
    readonly userId: string,
    readonly tokenHash: string,
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

/** The user's stream decides: it knows whether the invitation is still the latest, and not taken up. */
@CommandHandler(AcceptInvitationCommand)
export class AcceptInvitationHandler implements ICommandHandler<AcceptInvitationCommand> {
  constructor(
    private readonly users: UserStreams,
    private readonly clock: Clock,
  ) {}

  /** @throws InvitationNotFound, and what transact throws */
  execute({ userId, tokenHash, context }: AcceptInvitationCommand): Promise<Committed> {
    const stamped = { ...context, rule: 'invitation' };
    return this.users.transact(userId, (user) => acceptInvitation(user, tokenHash, this.clock.now()), stamped);
  }
}
