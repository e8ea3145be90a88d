import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../event-sourcing/clock.js';
import { Currentness } from '../../event-sourcing/currentness.js';
import { EventStoreUnavailable } from '../../event-sourcing/errors.js';
import type { Progress } from '../../event-sourcing/projection.js';
import { ProjectionProgress, Rows, type RowsByKey } from '../../event-sourcing/read-model.js';
import type { Actor } from '../domain/actor.js';
import { hashApiKey, isApiKey, isSameHash } from '../domain/api-key.js';
import { apiKeyView } from '../projections/api-key-view.projection.js';
import { userView } from '../projections/user-view.projection.js';
import { type KeyAndOwner, KeysInLog } from './keys-in-log.js';

/** Whose key it is, and whether they may use the API: with developer permission, or as account admin. */
export type Principal = Readonly<{ actor: Actor; mayUseApi: boolean; expiresAt: number }>;

type Refusal = 'revoked' | 'owner_inactive';

/** What is remembered of a key, and when that was held against the log, or else looked up again, last. */
type Known = {
  told: KeyAndOwner;
  found: Principal | Refusal;
  confirmedAt: number;
  confirming?: Promise<void> | undefined;
};

const CACHED_KEYS = 10_000;
/** How long a key is good for, once confirmed, while the read model is not told what happens. */
const CONFIRMED_MS = 3_000;

/**
 * Looks API keys up. What it remembers is forgotten the moment the read model learns of a change to key or owner; while the
 * read model learns nothing, it is held against the log every few seconds.
 */
@Injectable()
export class Authentication {
  /** Requests whose key was remembered, and whose was looked up. */
  readonly counts = { hit: 0, miss: 0 };
  /** Requests that brought no good key, by what was wrong with it. */
  readonly refused = { missing: 0, malformed: 0, unknown: 0, revoked: 0, owner_inactive: 0, expired: 0 };
  /** By key hash, so that no key stays in memory. */
  private readonly cache = new LRUCache<string, Known>({ max: CACHED_KEYS });
  /** Counts changes, so that a look-up under way while one happens is not remembered. */
  private changes = 0;

  constructor(
    private readonly rows: Rows,
    private readonly clock: Clock,
    private readonly log: KeysInLog,
    private readonly readModel: Currentness,
    progress: ProjectionProgress,
  ) {
    progress.onCommitted((table, rows) => {
      if (table === userView.name) this.forget(({ key }) => key.userId, rows);
      if (table === apiKeyView.name) this.forget(({ key }) => key.apiKeyId, rows);
    });
    progress.onDoubt(() => {
      this.changes++;
      this.cache.clear();
    });
  }

  /**
   * The key's owner where that is known without a look-up; a promise of them where that has to be confirmed first.
   *
   * @throws ReadModelUnavailable | EventStoreUnavailable neither the log nor the read model can confirm it
   */
  remembered(key: string): Principal | Promise<Principal | undefined> | undefined {
    const known = this.cache.get(hashApiKey(key));
    if (!known) return undefined;
    if (!this.isCertain(known)) return this.confirm(known).then(() => this.valid(known.found));
    const found = this.valid(known.found);
    if (found) this.counts.hit++;
    return found;
  }

  /**
   * The key's owner; undefined for a key that is missing, malformed, unknown, revoked or expired, or whose owner is not active.
   *
   * @throws ReadModelUnavailable | EventStoreUnavailable it cannot be looked up, or confirmed
   */
  async principal(key: string | undefined): Promise<Principal | undefined> {
    if (key === undefined) return this.refuse('missing');
    if (!isApiKey(key)) return this.refuse('malformed');
    const known = await this.known(hashApiKey(key));
    if (!known) return this.refuse('unknown');
    if (typeof known.found === 'string') return this.refuse(known.found);
    return this.valid(known.found) ?? this.refuse('expired');
  }

  private refuse(why: keyof Authentication['refused']): Principal | undefined {
    this.refused[why]++;
    return undefined;
  }

  private valid(found: Principal | Refusal): Principal | undefined {
    return typeof found === 'object' && found.expiresAt > this.clock.now().getTime() ? found : undefined;
  }

  private async known(hash: string): Promise<Known | undefined> {
    let known = this.cache.get(hash);
    if (!known) {
      this.counts.miss++;
      const before = this.changes;
      const told = await this.lookUp(hash);
      if (!told) return undefined;
      known = { told, found: principalOf(told), confirmedAt: -Infinity };
      if (before === this.changes && typeof known.found === 'object') this.cache.set(hash, known);
    }
    if (!this.isCertain(known)) await this.confirm(known);
    return known;
  }

  private async lookUp(hash: string): Promise<KeyAndOwner | undefined> {
    const key = await this.rows.findOne(apiKeyView, 'keyHash', hash);
    if (!key || !isSameHash(key.keyHash, hash)) return undefined;
    return { key, owner: await this.rows.get(userView, key.userId) };
  }

  /** Who is revoked or removed is so for good. */
  private isCertain({ found, confirmedAt }: Known): boolean {
    if (this.readModel.isCurrent || typeof found === 'string') return true;
    // The clock may have been set back meanwhile.
    const age = this.clock.now().getTime() - confirmedAt;
    return age >= 0 && age < CONFIRMED_MS;
  }

  /** Once for all who wait for it. */
  private confirm(known: Known): Promise<void> {
    known.confirming ??= this.tellAnew(known).finally(() => {
      known.confirming = undefined;
    });
    return known.confirming;
  }

  /**
   * By the log. Without it nothing changes from here, so that the word of a read model that answers is good enough; but for
   * one that is behind a log that goes on, and perhaps answers late alone.
   */
  private async tellAnew(known: Known): Promise<void> {
    const from = this.clock.now().getTime();
    try {
      known.told = await this.log.now(known.told);
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable) || this.readModel.isStopped) throw error;
      const { key, owner } = (await this.lookUp(known.told.key.keyHash)) ?? known.told;
      known.told = { key: newest(known.told.key, key), owner: newest(known.told.owner, owner) };
    }
    known.found = principalOf(known.told);
    known.confirmedAt = from;
  }

  private forget(idOf: (told: KeyAndOwner) => string, changed: RowsByKey): void {
    this.changes++;
    for (const [hash, { told }] of this.cache.entries()) if (changed.has(idOf(told))) this.cache.delete(hash);
  }
}

/** What the log has told once is not taken back for a read model that is behind it. */
const newest = <Row extends Progress | undefined>(known: Row, read: Row): Row =>
  known && (!read || known.revision > read.revision) ? known : read;

function principalOf({ key, owner }: KeyAndOwner): Principal | Refusal {
  if (key.revoked) return 'revoked';
  if (owner?.state !== 'active' || owner.accountId !== key.accountId) return 'owner_inactive';
  const { userId, accountId, name, role } = owner;
  const permissions = JSON.parse(owner.permissions) as string[];
  return {
    actor: { userId, accountId, name, role, permissions, apiKeyId: key.apiKeyId },
    mayUseApi: owner.isDeveloper || role === 'admin',
    expiresAt: key.expiresAt === null ? Infinity : Date.parse(key.expiresAt),
  };
}
