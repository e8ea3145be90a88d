import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-sourcing/fact.js';
import { ProjectionProgress, Rows, type Stored } from '../../event-sourcing/read-model.js';
import type { Actor } from '../domain/actor.js';
import { AuditNotReadable, UserNotFound } from '../domain/user.errors.js';
import { mayReadAudit } from '../domain/user.policy.js';
import type { AuditEntry } from '../projections/audit-entry.chronicle.js';
import { userView } from '../projections/user-view.projection.js';
import type { AuditFilters } from './audit-filters.js';
import { AuditTrail } from './audit-trail.js';
import { READ_YOUR_WRITES_MS } from './get-user.handler.js';

/** `pin`: how far the trail went when the first page was read; later pages look no further, so that they stay stable. */
export type AuditPlace = Readonly<{ pin: Position; after: Position }>;
export type AuditPage = Readonly<{ entries: readonly Stored<AuditEntry>[]; next: AuditPlace | undefined }>;

/** A page of what matches in the caller's account; with `userId`, of what was done to that user, who must be or have been one. */
export class FindAuditEventsQuery extends Query<AuditPage> {
  constructor(
    readonly actor: Actor,
    readonly filters: AuditFilters,
    readonly page: Readonly<{ descending: boolean; limit: number; place?: AuditPlace | undefined }>,
    readonly more: Readonly<{ userId?: string | undefined; notBefore?: Position | undefined }> = {},
  ) {
    super();
  }
}

/** Pages stand still while writers write: the first one pins where the log stood, and those after it keep to that. */
@QueryHandler(FindAuditEventsQuery)
export class FindAuditEventsHandler implements IQueryHandler<FindAuditEventsQuery> {
  constructor(
    private readonly trail: AuditTrail,
    private readonly rows: Rows,
    private readonly progress: ProjectionProgress,
  ) {}

  /** @throws AuditNotReadable | UserNotFound | NotCaughtUp (`notBefore` was not reached in time) */
  async execute({ actor, filters, page, more: { userId, notBefore } }: FindAuditEventsQuery): Promise<AuditPage> {
    if (!mayReadAudit(actor)) throw new AuditNotReadable();
    if (notBefore !== undefined) await this.progress.reached(notBefore, READ_YOUR_WRITES_MS);
    if (userId !== undefined && (await this.rows.get(userView, userId))?.accountId !== actor.accountId)
      throw new UserNotFound(userId);
    const pin = page.place?.pin ?? this.progress.position;
    const { descending, limit } = page;
    const stretch = { descending, pin, after: page.place?.after, limit: limit + 1 };
    const found = await this.trail.search(actor.accountId, filters, stretch);
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    return { entries, next: found.length > limit && last ? { pin, after: last.position } : undefined };
  }
}
