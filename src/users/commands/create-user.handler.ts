import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../event-sourcing/clock.js';
import type { Context } from '../../event-sourcing/fact.js';
import { Ids } from '../../event-sourcing/ids.js';
import { claimEmail, emailClaimId } from '../domain/account.js';
import { type CreateUser, createUser, judgeCreation } from '../domain/create-user.js';
import { NOBODY } from '../domain/public-id.js';
import { Invitations } from './invitations.js';
import { type Ended, Once } from './once.js';
import { Refusals } from './refusals.js';
import { stepOf } from './step-of.js';
import { EmailClaimStreams, UserStreams } from './streams.js';

/** Asks for a new user, active at once or invited. */
export class CreateUserCommand extends Command<Ended> {
  constructor(
    readonly wish: CreateUser,
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

/**
 * Claims the e-mail, then creates the user it is claimed for. The claim names the user, so whoever meets one whose user is
 * not there yet takes it up: after a crash between the two, and in a race, which the user's stream then decides.
 */
@CommandHandler(CreateUserCommand)
export class CreateUserHandler implements ICommandHandler<CreateUserCommand> {
  constructor(
    private readonly emails: EmailClaimStreams,
    private readonly users: UserStreams,
    private readonly invitations: Invitations,
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly once: Once,
    private readonly refusals: Refusals,
  ) {}

  /** @throws CreateNotAllowed | RoleNotAssignable | InviteModeNotSupported | EmailTaken, and what {@link Once}, {@link Refusals} and transact throw */
  execute({ wish, context }: CreateUserCommand): Promise<Ended> {
    const fields = ['name', 'email', 'role', ...(wish.isDeveloper === undefined ? [] : ['is_developer'])];
    const attempt = { action: 'createUser', targetId: NOBODY, fields };
    return this.refusals.watch(attempt, context, () => this.create(wish, context));
  }

  private async create(wish: CreateUser, context: Omit<Context, 'rule'>): Promise<Ended> {
    const stamped = { ...context, rule: judgeCreation(wish) };
    return this.once.run(stamped, async () => {
      const userId = await this.claim(wish, stamped);
      const given = { userId, invitation: this.invitations.issue(), now: this.clock.now() };
      const committed = await this.users.transact(userId, (user) => createUser(user, wish, given), stamped);
      return { subject: userId, ...committed };
    });
  }

  /** The id of the user that the e-mail is claimed for, by this command or by one before. */
  private async claim({ actor, email }: CreateUser, context: Context): Promise<string> {
    const fresh = this.ids.next();
    let claimed = fresh;
    const claimId = emailClaimId(actor.accountId, email);
    await this.emails.transact(
      claimId,
      (claim) => {
        claimed = claim.state?.userId ?? fresh;
        return claimEmail(claim, fresh);
      },
      stepOf(context),
    );
    return claimed;
  }
}
