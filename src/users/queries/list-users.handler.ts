import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../event-sourcing/clock.js';
import type { Position } from '../../event-sourcing/fact.js';
import { ProjectionProgress, Rows, type Stored, type Test } from '../../event-sourcing/read-model.js';
import type { Actor } from '../domain/actor.js';
import { UsersNotReadable } from '../domain/user.errors.js';
import { mayReadUsers } from '../domain/user.policy.js';
import { userVersion } from '../projections/user-version.chronicle.js';
import { type UserView, userView } from '../projections/user-view.projection.js';
import { READ_YOUR_WRITES_MS } from './get-user.handler.js';

export type UserStatus = 'active' | 'invited' | 'expired';

/** What users are looked for by; what is left out does not matter. `asOf`: as they were then, RFC 3339. */
export type UserFilters = Readonly<{
  email?: string;
  status?: readonly UserStatus[];
  isDeveloper?: boolean;
  asOf?: string;
}>;

/** The last user of the page before, and when the first page was read: invitations lapse by that clock for all pages. */
export type UsersPlace = Readonly<{ createdAt: string; userId: string; now: string }>;
type UsersPage = Readonly<{ users: readonly Stored<UserView>[]; next: UsersPlace | undefined; now: Date }>;

/** The users of the caller's account, oldest first, a page at a time. */
export class ListUsersQuery extends Query<UsersPage> {
  constructor(
    readonly actor: Actor,
    readonly filters: UserFilters,
    readonly page: Readonly<{ limit: number; place?: UsersPlace | undefined }>,
    readonly notBefore?: Position,
  ) {
    super();
  }
}

/**
 * Oldest first. What lapses by the clock is judged by the moment of the first page, so that no page contradicts
 * another.
 */
@QueryHandler(ListUsersQuery)
export class ListUsersHandler implements IQueryHandler<ListUsersQuery> {
  constructor(
    private readonly rows: Rows,
    private readonly progress: ProjectionProgress,
    private readonly clock: Clock,
  ) {}

  /** @throws UsersNotReadable | NotCaughtUp (`notBefore` was not reached in time) */
  async execute({ actor, filters, page, notBefore }: ListUsersQuery): Promise<UsersPage> {
    if (!mayReadUsers(actor)) throw new UsersNotReadable();
    if (notBefore !== undefined) await this.progress.reached(notBefore, READ_YOUR_WRITES_MS);
    const begun = page.place?.now ?? this.clock.now().toISOString();
    // A moment to come is taken for the first page's: what happens until then must not move the pages.
    const asOf = filters.asOf !== undefined && filters.asOf > begun ? begun : filters.asOf;
    const now = asOf ?? begun;
    const found: Stored<UserView>[] = [];
    for (const status of statusTests(filters.status, now))
      found.push(...(await this.read(actor.accountId, [...status, ...tests(filters)], page, asOf)));
    found.sort((a, b) => compare(a.createdAt, b.createdAt) || compare(a.userId, b.userId));
    const users = found.slice(0, page.limit);
    const last = users.at(-1);
    const next =
      found.length > page.limit && last ? { createdAt: last.createdAt, userId: last.userId, now: begun } : undefined;
    return { users, next, now: new Date(now) };
  }

  private read(
    accountId: string,
    filter: readonly Test[],
    { limit, place }: ListUsersQuery['page'],
    asOf: string | undefined,
  ): Promise<readonly Stored<UserView>[]> {
    const where: Test[] = [{ column: 'accountId', is: '=', value: accountId }];
    const paging = { limit: limit + 1, ...(place && { after: [place.createdAt, place.userId] }) };
    if (asOf === undefined)
      return this.rows.select(userView, { where, filter, order: ['createdAt', 'key'], ...paging });
    const then: Test[] = [
      { column: 'since', is: '<=', value: asOf },
      { column: 'until', is: '>', value: asOf },
    ];
    return this.rows.select(userVersion, {
      where,
      filter: [...then, ...filter],
      order: ['createdAt', 'userId'],
      ...paging,
    });
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const tests = ({ email, isDeveloper }: UserFilters): Test[] => [
  ...(email === undefined ? [] : [{ column: 'emailFolded', is: 'contains' as const, value: email.toLowerCase() }]),
  ...(isDeveloper === undefined ? [] : [{ column: 'isDeveloper', is: '=' as const, value: isDeveloper }]),
];

/** Each status is a search of its own; none given is one search for all but the removed. */
function statusTests(wanted: readonly UserStatus[] | undefined, now: string): Test[][] {
  if (!wanted) return [[{ column: 'state', is: 'in', value: ['active', 'invited'] }]];
  const state = (value: string): Test => ({ column: 'state', is: '=', value });
  const of: Record<UserStatus, Test[]> = {
    active: [state('active')],
    invited: [state('invited'), { column: 'invitationExpiresAt', is: '>', value: now }],
    expired: [state('invited'), { column: 'invitationExpiresAt', is: '<=', value: now }],
  };
  return [...new Set(wanted)].map((status) => of[status]);
}
