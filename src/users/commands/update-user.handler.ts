import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Context } from '../../event-sourcing/fact.js';
import type { Committed } from '../../event-sourcing/streams.js';
import { UsersNotReadable } from '../domain/user.errors.js';
import { mayReadUsers, updateRule } from '../domain/user.policy.js';
import { type UpdateUser, updateUser } from '../domain/user.js';
import { Once } from './once.js';
import { UserStreams } from './streams.js';

/** Asks for a new name, another developer permission, or both. */
export class UpdateUserCommand extends Command<Committed> {
  constructor(
    readonly wish: UpdateUser,
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

@CommandHandler(UpdateUserCommand)
export class UpdateUserHandler implements ICommandHandler<UpdateUserCommand> {
  constructor(
    private readonly users: UserStreams,
    private readonly once: Once,
  ) {}

  /** @throws UsersNotReadable | UserNotFound | UpdateNotAllowed | RevisionMismatch, and what {@link Once} and transact throw */
  async execute({ wish, context }: UpdateUserCommand): Promise<Committed> {
    // Asked before a repeated command is answered: the answer shows the user.
    if (!mayReadUsers(wish.actor)) throw new UsersNotReadable();
    // Stored only with events, and there are none without a rule that allows them.
    const stamped = { ...context, rule: updateRule(wish.actor, wish) ?? 'none' };
    return this.once.run(wish.userId, stamped, () =>
      this.users.transact(wish.userId, (user) => updateUser(user, wish), stamped),
    );
  }
}
