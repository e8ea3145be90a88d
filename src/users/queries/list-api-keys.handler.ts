import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-sourcing/fact.js';
import { LastSeen } from '../../event-sourcing/last-seen.js';
import { ProjectionProgress, Rows, type Test } from '../../event-sourcing/read-model.js';
import type { Actor } from '../domain/actor.js';
import { managesAllKeys } from '../domain/api-key.policy.js';
import { type ApiKeyView, apiKeyView } from '../projections/api-key-view.projection.js';
import { READ_YOUR_WRITES_MS } from './get-user.handler.js';

/** The last key of the page before. */
type ApiKeysPlace = Readonly<{ createdAt: string; apiKeyId: string }>;
/** `lastUsedAt` is coarse: an instance writes it once a minute. */
export type ListedApiKey = ApiKeyView & Readonly<{ lastUsedAt: string | undefined }>;
type ApiKeysPage = Readonly<{ keys: readonly ListedApiKey[]; next: ApiKeysPlace | undefined }>;

/** The caller's keys, as account admin everybody's, oldest first; without those revoked. */
export class ListApiKeysQuery extends Query<ApiKeysPage> {
  constructor(
    readonly actor: Actor,
    readonly page: Readonly<{ limit: number; place?: ApiKeysPlace | undefined }>,
    readonly notBefore?: Position,
  ) {
    super();
  }
}

/** Oldest first, the own ones or as account admin all of the account; those revoked are left out. */
@QueryHandler(ListApiKeysQuery)
export class ListApiKeysHandler implements IQueryHandler<ListApiKeysQuery> {
  constructor(
    private readonly rows: Rows,
    private readonly progress: ProjectionProgress,
    private readonly lastSeen: LastSeen,
  ) {}

  /** @throws NotCaughtUp (`notBefore` was not reached in time) */
  async execute({ actor, page: { limit, place }, notBefore }: ListApiKeysQuery): Promise<ApiKeysPage> {
    if (notBefore !== undefined) await this.progress.reached(notBefore, READ_YOUR_WRITES_MS);
    const ofAccount: Test = { column: 'accountId', is: '=', value: actor.accountId };
    const own: Test = { column: 'userId', is: '=', value: actor.userId };
    const all = managesAllKeys(actor);
    const found = await this.rows.select(apiKeyView, {
      where: [all ? ofAccount : own],
      filter: [...(all ? [] : [ofAccount]), { column: 'revoked', is: '=', value: false }],
      order: ['createdAt', 'key'],
      limit: limit + 1,
      ...(place && { after: [place.createdAt, place.apiKeyId] }),
    });
    const page = found.slice(0, limit);
    const seen = await this.lastSeen.of(page.map(({ apiKeyId }) => apiKeyId));
    const keys = page.map((key) => ({ ...key, lastUsedAt: seen.get(key.apiKeyId) }));
    const last = keys.at(-1);
    return {
      keys,
      next: found.length > limit && last ? { createdAt: last.createdAt, apiKeyId: last.apiKeyId } : undefined,
    };
  }
}
