import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { NotCaughtUp } from '../../event-sourcing/errors.js';
import type { Committed } from '../../event-sourcing/streams.js';
import { KeyNotShownAgain } from '../domain/api-key.errors.js';
import { hashApiKey, isSameHash } from '../domain/api-key.js';
import type { ApiKeyView } from '../projections/api-key-view.projection.js';
import { ApiKeyChanges } from './api-key-changes.js';

/** What there is to tell of a key just issued, or issued by the same command before. */
export class IssuedApiKeyQuery extends Query<ApiKeyView> {
  constructor(
    readonly apiKeyId: string,
    readonly apiKey: string,
    readonly after: Committed,
  ) {
    super();
  }
}

/** Shows a key only if it is the one whose hash was stored: what was made again may be another. */
@QueryHandler(IssuedApiKeyQuery)
export class IssuedApiKeyHandler implements IQueryHandler<IssuedApiKeyQuery> {
  constructor(private readonly changes: ApiKeyChanges) {}

  /** @throws KeyNotShownAgain it is not the key that was issued then */
  async execute({ apiKeyId, apiKey, after }: IssuedApiKeyQuery): Promise<ApiKeyView> {
    await this.changes.inEffect(after).catch((error: unknown) => {
      // The key exists, and is told; it will be known here in a moment.
      if (!(error instanceof NotCaughtUp)) throw error;
    });
    const key = await this.changes.after(apiKeyId, after);
    if (!key || !isSameHash(key.keyHash, hashApiKey(apiKey))) throw new KeyNotShownAgain();
    return key;
  }
}
