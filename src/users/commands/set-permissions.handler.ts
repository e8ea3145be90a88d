import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Context } from '../../event-sourcing/fact.js';
import { type SetPermissions, setPermissions } from '../domain/set-permissions.js';
import { GrantingNotAllowed } from '../domain/user.errors.js';
import { grantRule, mayReadUsers } from '../domain/user.policy.js';
import { type Ended, Once } from './once.js';
import { Refusals } from './refusals.js';
import { UserStreams } from './streams.js';

/** Asks for a user to hold these permissions, and no others. */
export class SetPermissionsCommand extends Command<Ended> {
  constructor(
    readonly wish: SetPermissions,
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

/** The wish names all that the user is to hold; what differs from what they do becomes events. */
@CommandHandler(SetPermissionsCommand)
export class SetPermissionsHandler implements ICommandHandler<SetPermissionsCommand> {
  constructor(
    private readonly users: UserStreams,
    private readonly once: Once,
    private readonly refusals: Refusals,
  ) {}

  /** @throws GrantingNotAllowed | UserNotFound | RevisionMismatch, and what {@link Once}, {@link Refusals} and transact throw */
  execute({ wish, context }: SetPermissionsCommand): Promise<Ended> {
    const attempt = { action: 'setPermissions', targetId: wish.userId, fields: ['permissions'] };
    return this.refusals.watch(attempt, context, async () => {
      // Asked before a repeated command is answered: the answer shows what the user holds.
      if (!grantRule(wish.actor) && !mayReadUsers(wish.actor)) throw new GrantingNotAllowed();
      const stamped = { ...context, rule: grantRule(wish.actor) ?? 'none' };
      return this.once.run(stamped, async () => ({
        subject: wish.userId,
        ...(await this.users.transact(wish.userId, (user) => setPermissions(user, wish), stamped)),
      }));
    });
  }
}
