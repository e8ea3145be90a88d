import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Context } from '../../event-sourcing/fact.js';
import type { Committed } from '../../event-sourcing/streams.js';
import { UsersNotReadable } from '../domain/user.errors.js';
import { mayReadUsers, updateRule } from '../domain/user.policy.js';
import { type UpdateUser, updateUser } from '../domain/user.js';
import { Once } from './once.js';
import { Refusals } from './refusals.js';
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

/** Whoever updates has to be one who may read, too, for the answer shows the user. */
@CommandHandler(UpdateUserCommand)
export class UpdateUserHandler implements ICommandHandler<UpdateUserCommand> {
  constructor(
    private readonly users: UserStreams,
    private readonly once: Once,
    private readonly refusals: Refusals,
  ) {}

  /** @throws UsersNotReadable | UserNotFound | UpdateNotAllowed | RevisionMismatch, and what {@link Once}, {@link Refusals} and transact throw */
  execute({ wish, context }: UpdateUserCommand): Promise<Committed> {
    const attempt = { action: 'updateUser', targetId: wish.userId, fields: fieldsOf(wish) };
    return this.refusals.watch(attempt, context, () => this.update(wish, context));
  }

  private async update(wish: UpdateUser, context: Omit<Context, 'rule'>): Promise<Committed> {
    // Asked before a repeated command is answered: the answer shows the user.
    if (!mayReadUsers(wish.actor)) throw new UsersNotReadable();
    // Stored only with events, and there are none without a rule that allows them.
    const stamped = { ...context, rule: updateRule(wish.actor, wish) ?? 'none' };
    return this.once.run(stamped, async () => ({
      subject: wish.userId,
      ...(await this.users.transact(wish.userId, (user) => updateUser(user, wish), stamped)),
    }));
  }
}

const fieldsOf = ({ name, isDeveloper }: UpdateUser): string[] => [
  ...(name === undefined ? [] : ['name']),
  ...(isDeveloper === undefined ? [] : ['is_developer']),
];
