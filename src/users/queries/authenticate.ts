import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../event-sourcing/clock.js';
import { ProjectionProgress, Rows, type RowsByKey } from '../../event-sourcing/read-model.js';
import type { Actor } from '../domain/actor.js';
import { hashApiKey, isApiKey, isSameHash } from '../domain/api-key.js';
import { apiKeyView } from '../projections/api-key-view.projection.js';
import { userView } from '../projections/user-view.projection.js';

/** Whose key it is, and whether they may use the API: with developer permission, or as account admin. */
export type Principal = Readonly<{ actor: Actor; mayUseApi: boolean; expiresAt: number }>;

const CACHED_KEYS = 10_000;

/** Looks API keys up. What it remembers is forgotten the moment the read model learns of a change to key or owner. */
@Injectable()
export class Authentication {
  /** Requests whose key was remembered, and whose was looked up. */
  readonly counts = { hit: 0, miss: 0 };
  /** Requests that brought no good key, by what was wrong with it. */
  readonly refused = { missing: 0, malformed: 0, unknown: 0, revoked: 0, owner_inactive: 0, expired: 0 };
  /** By key hash, so that no key stays in memory. */
  private readonly cache = new LRUCache<string, Principal>({ max: CACHED_KEYS });
  /** Counts changes, so that a look-up under way while one happens is not remembered. */
  private changes = 0;

  constructor(
    private readonly rows: Rows,
    private readonly clock: Clock,
    progress: ProjectionProgress,
  ) {
    progress.onCommitted((table, rows) => {
      if (table === userView.name) this.forget((principal) => principal.actor.userId, rows);
      if (table === apiKeyView.name) this.forget((principal) => principal.actor.apiKeyId, rows);
    });
  }

  /** The key's owner where that is known without a look-up. */
  remembered(key: string): Principal | undefined {
    const found = this.valid(this.cache.get(hashApiKey(key)));
    if (found) this.counts.hit++;
    return found;
  }

  /** The key's owner; undefined for a key that is missing, malformed, unknown, revoked or expired, or whose owner is not active. */
  async principal(key: string | undefined): Promise<Principal | undefined> {
    if (key === undefined) return this.refuse('missing');
    if (!isApiKey(key)) return this.refuse('malformed');
    const hash = hashApiKey(key);
    const found = this.cache.get(hash) ?? (await this.lookUp(hash));
    return found && (this.valid(found) ?? this.refuse('expired'));
  }

  private refuse(why: keyof Authentication['refused']): Principal | undefined {
    this.refused[why]++;
    return undefined;
  }

  private valid(found: Principal | undefined): Principal | undefined {
    return found && found.expiresAt > this.clock.now().getTime() ? found : undefined;
  }

  private async lookUp(hash: string): Promise<Principal | undefined> {
    this.counts.miss++;
    const before = this.changes;
    const key = await this.rows.findOne(apiKeyView, 'keyHash', hash);
    if (!key || !isSameHash(key.keyHash, hash)) return this.refuse('unknown');
    if (key.revoked) return this.refuse('revoked');
    const user = await this.rows.get(userView, key.userId);
    if (user?.state !== 'active' || user.accountId !== key.accountId) return this.refuse('owner_inactive');
    const { userId, accountId, name, role } = user;
    const permissions = JSON.parse(user.permissions) as string[];
    const principal = {
      actor: { userId, accountId, name, role, permissions, apiKeyId: key.apiKeyId },
      mayUseApi: user.isDeveloper || role === 'admin',
      expiresAt: key.expiresAt === null ? Infinity : Date.parse(key.expiresAt),
    };
    if (before === this.changes) this.cache.set(hash, principal);
    return principal;
  }

  private forget(idOf: (principal: Principal) => string, changed: RowsByKey): void {
    this.changes++;
    for (const [hash, principal] of this.cache.entries()) if (changed.has(idOf(principal))) this.cache.delete(hash);
  }
}
