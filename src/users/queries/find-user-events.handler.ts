import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-sourcing/fact.js';
import { ProjectionProgress, Rows, type Stored, type Test } from '../../event-sourcing/read-model.js';
import type { Actor } from '../domain/actor.js';
import { AuditNotReadable } from '../domain/user.errors.js';
import { userEvents } from '../domain/user.events.js';
import { mayReadAudit } from '../domain/user.policy.js';
import { type AuditEntry, auditEntry } from '../projections/audit-entry.chronicle.js';
import { READ_YOUR_WRITES_MS } from './get-user.handler.js';
import { type Lead, walk } from './walk.js';

/** Types of events that the feed brings. */
export const FEED_TYPES: readonly string[] = Object.keys(userEvents);

/** A user's event, as its entry in the audit trail tells it. */
export type UserEventEntry = Stored<AuditEntry> & Readonly<{ data: string; targetId: string }>;

/** `position`: how far the log was looked through for it, past events that were left out too. */
export type UserEventsPage = Readonly<{ entries: readonly UserEventEntry[]; position: Position; more: boolean }>;

/** The events of the caller's account's users after a position, in commit order; of some types, or of all. */
export class FindUserEventsQuery extends Query<UserEventsPage> {
  constructor(
    readonly actor: Actor,
    readonly types: readonly string[] | undefined,
    readonly page: Readonly<{ after: Position; limit: number }>,
    readonly notBefore?: Position,
  ) {
    super();
  }
}

/** Reads the feed out of the audit trail, which has every user event in the order of the log. */
@QueryHandler(FindUserEventsQuery)
export class FindUserEventsHandler implements IQueryHandler<FindUserEventsQuery> {
  constructor(
    private readonly rows: Rows,
    private readonly progress: ProjectionProgress,
  ) {}

  /** @throws AuditNotReadable | NotCaughtUp (`notBefore` was not reached in time) */
  async execute({ actor, types, page, notBefore }: FindUserEventsQuery): Promise<UserEventsPage> {
    if (!mayReadAudit(actor)) throw new AuditNotReadable();
    if (notBefore !== undefined) await this.progress.reached(notBefore, READ_YOUR_WRITES_MS);
    const { position } = this.progress;
    const where: Test[] = [
      { column: 'position', is: '>=', value: page.after + 1n },
      { column: 'position', is: '<=', value: position },
    ];
    const found = await walk(
      this.rows,
      auditEntry,
      { accountId: actor.accountId, lead: leadOf(types) },
      {
        where,
        filter: [{ column: 'accountId', is: '=', value: actor.accountId }, ...filterOf(types)],
        limit: page.limit + 1,
      },
    );
    const entries = found.slice(0, page.limit) as UserEventEntry[];
    const more = found.length > page.limit;
    return { entries, more, position: more ? (entries.at(-1)?.position ?? position) : later(position, page.after) };
  }
}

/** All types are most of the log and found in one walk along it; of a few, each is found by its own. */
const leadOf = (types: readonly string[] | undefined): Lead | undefined => types && { column: 'type', values: types };

const filterOf = (types: readonly string[] | undefined): Test[] =>
  types ? [] : [{ column: 'type', is: 'in', value: FEED_TYPES }];

/** A read model that is being told anew stands before where a consumer has been; nobody goes back for that. */
const later = (a: Position, b: Position): Position => (a > b ? a : b);
