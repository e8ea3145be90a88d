import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Context } from '../../event-sourcing/fact.js';
import { dismissAdmin } from '../domain/account.js';
import { type RemoveUser, removeUser } from '../domain/remove-user.js';
import { removeRule } from '../domain/user.policy.js';
import type { User } from '../domain/user.js';
import { ActiveAdmins } from './active-admins.js';
import { type Ended, Once } from './once.js';
import { Refusals } from './refusals.js';
import { stepOf } from './step-of.js';
import { AccountStreams, UserStreams } from './streams.js';

/** Asks for a user to be removed, for good. */
export class RemoveUserCommand extends Command<Ended> {
  constructor(
    readonly wish: RemoveUser,
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

/**
 * Removes a user; an admin only after their account has let them go, which it decides one at a time: so however many are
 * removed at once, and wherever, an active one remains (docs/decisions/0008).
 */
@CommandHandler(RemoveUserCommand)
export class RemoveUserHandler implements ICommandHandler<RemoveUserCommand> {
  constructor(
    private readonly users: UserStreams,
    private readonly accounts: AccountStreams,
    private readonly admins: ActiveAdmins,
    private readonly once: Once,
    private readonly refusals: Refusals,
  ) {}

  /** @throws RemovalNotAllowed | UserNotFound | OwnRemoval | LastAdmin, and what {@link Once}, {@link Refusals} and transact throw */
  execute({ wish, context }: RemoveUserCommand): Promise<Ended> {
    const attempt = { action: 'removeUser', targetId: wish.userId, fields: [] };
    return this.refusals.watch(attempt, context, () => this.remove(wish, context));
  }

  private async remove(wish: RemoveUser, context: Omit<Context, 'rule'>): Promise<Ended> {
    const { userId, actor } = wish;
    const stamped = { ...context, rule: removeRule(actor) ?? 'none' };
    // Asked before a repeated command is answered, and before the account lets anybody go.
    const user = await this.judge(wish, stamped);
    return this.once.run(stamped, async () => {
      if (user?.role === 'admin' && user.state !== 'removed') await this.dismiss(userId, actor.accountId, stamped);
      const committed = await this.users.transact(userId, (current) => removeUser(current, wish), stamped);
      return { subject: userId, ...committed };
    });
  }

  private async judge(wish: RemoveUser, context: Context): Promise<User | undefined> {
    let user: User | undefined;
    await this.users.transact(
      wish.userId,
      (current) => {
        user = current.state;
        removeUser(current, wish);
        return [];
      },
      stepOf(context),
    );
    return user;
  }

  private async dismiss(userId: string, accountId: string, context: Context): Promise<void> {
    const admins = await this.admins.of(accountId);
    await this.accounts.transact(
      accountId,
      (account) => dismissAdmin(account, accountId, userId, admins),
      stepOf(context),
    );
  }
}
