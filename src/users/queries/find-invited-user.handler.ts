import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Rows, type Stored } from '../../event-sourcing/read-model.js';
import { InvitationNotFound } from '../domain/user.errors.js';
import { invitationView } from '../projections/invitation-view.projection.js';
import { type UserView, userView } from '../projections/user-view.projection.js';

/** Who was ever invited with a token of this hash. A look-up by the hash tells by its time nothing of any token. */
export class FindInvitedUserQuery extends Query<Stored<UserView>> {
  constructor(readonly tokenHash: string) {
    super();
  }
}

/** Says whose an invitation is, not whether it is still good: that is for the user's stream to say. */
@QueryHandler(FindInvitedUserQuery)
export class FindInvitedUserHandler implements IQueryHandler<FindInvitedUserQuery> {
  constructor(private readonly rows: Rows) {}

  /** @throws InvitationNotFound */
  async execute({ tokenHash }: FindInvitedUserQuery): Promise<Stored<UserView>> {
    const invitation = await this.rows.get(invitationView, tokenHash);
    const user = invitation && (await this.rows.get(userView, invitation.userId));
    if (!user) throw new InvitationNotFound();
    return user;
  }
}
