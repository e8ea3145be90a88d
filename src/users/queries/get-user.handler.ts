import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { NotCaughtUp, Overloaded, ReadModelUnavailable } from '../../event-sourcing/errors.js';
import type { Position } from '../../event-sourcing/fact.js';
import { ProjectionProgress, Rows, type Stored, type Test } from '../../event-sourcing/read-model.js';
import type { Committed } from '../../event-sourcing/streams.js';
import type { Actor } from '../domain/actor.js';
import { UserNotFound, UsersNotReadable } from '../domain/user.errors.js';
import { mayReadUsers } from '../domain/user.policy.js';
import { userVersion, versionKey } from '../projections/user-version.chronicle.js';
import { type UserView, userView } from '../projections/user-view.projection.js';
import { afterWrite } from './after-write.js';
import { UserHistory } from './user-history.js';

/** How long a read waits for the read model to come to a write. */
export const READ_YOUR_WRITES_MS = 2000;

/**
 * `after`: the write that this answers. `notBefore`: a position the caller has seen. `asOf`: the user as they were at
 * that moment, RFC 3339. `made`: the caller has just made this user what they are, and is told how without a right to read.
 */
type Freshness = Readonly<{ after?: Committed; notBefore?: Position; asOf?: string; made?: boolean }>;

/** One user, as the read model has them. */
export class GetUserQuery extends Query<Stored<UserView>> {
  constructor(
    readonly actor: Actor,
    readonly userId: string,
    readonly freshness: Freshness = {},
  ) {
    super();
  }
}

/** Rows of the read model; after a write it waits for them, and asks the log where they do not come. */
@QueryHandler(GetUserQuery)
export class GetUserHandler implements IQueryHandler<GetUserQuery> {
  constructor(
    private readonly rows: Rows,
    private readonly progress: ProjectionProgress,
    private readonly history: UserHistory,
  ) {}

  /** @throws UsersNotReadable | UserNotFound | NotCaughtUp (`notBefore` was not reached in time) | OutcomeUnknown (`after` was stored, and cannot be read) */
  async execute({ actor, userId, freshness }: GetUserQuery): Promise<Stored<UserView>> {
    if (!freshness.made && !mayReadUsers(actor)) throw new UsersNotReadable();
    const { after, notBefore, asOf } = freshness;
    if (notBefore !== undefined) await this.progress.reached(notBefore, READ_YOUR_WRITES_MS);
    const user = await (after
      ? this.afterWrite(userId, after)
      : asOf === undefined
        ? this.rows.get(userView, userId)
        : this.versionAt(userId, asOf));
    if (user?.accountId !== actor.accountId || user.state === 'removed') throw new UserNotFound(userId);
    return user;
  }

  private async versionAt(userId: string, asOf: string): Promise<Stored<UserView> | undefined> {
    const where: Test[] = [{ column: 'userId', is: '=', value: userId }];
    const filter: Test[] = [
      { column: 'since', is: '<=', value: asOf },
      { column: 'until', is: '>', value: asOf },
    ];
    const [version] = await this.rows.select(userVersion, { where, filter, order: ['position'], limit: 1 });
    return version;
  }

  /**
   * The user as the write left them, whoever has written since: a command repeated gets the answer it got. A read model
   * that does not get there takes nothing back that is stored: then the log itself tells.
   */
  private async afterWrite(userId: string, write: Committed): Promise<Stored<UserView> | undefined> {
    try {
      await this.progress.reached(write.position, READ_YOUR_WRITES_MS);
      const user = await this.rows.get(userView, userId);
      return user?.revision === write.revision ? user : await this.rows.get(userVersion, versionKey(userId, write));
    } catch (error) {
      const passing = [NotCaughtUp, ReadModelUnavailable, Overloaded].some((kind) => error instanceof kind);
      if (!passing) throw error;
      return afterWrite(() => this.history.at(userId, write.revision));
    }
  }
}
