import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../event-sourcing/clock.js';
import type { Context } from '../../event-sourcing/fact.js';
import type { Committed, Current } from '../../event-sourcing/streams.js';
import type { Actor } from '../domain/actor.js';
import { KeysNotManageable } from '../domain/api-key.errors.js';
import { type ApiKey, hashApiKey, redactApiKey, requestApiKey } from '../domain/api-key.js';
import { expectUser, keyRule, mayManageKeysOf } from '../domain/api-key.policy.js';
import { KeySource, type NewApiKey } from './key-source.js';
import { Once } from './once.js';
import { Refusals } from './refusals.js';
import { ApiKeyStreams, UserStreams } from './streams.js';

type IssueApiKey = Readonly<{ actor: Actor; userId: string; name: string; expiresAt?: string }>;

/** Asks for a new API key, for oneself or another. */
export class IssueApiKeyCommand extends Command<NewApiKey & Readonly<{ committed: Committed }>> {
  /** @param credential the API key that it came with */
  constructor(
    readonly wish: IssueApiKey,
    readonly credential: string,
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

/** The key is made here and handed back; what is stored of it is a hash (docs/decisions/0007). */
@CommandHandler(IssueApiKeyCommand)
export class IssueApiKeyHandler implements ICommandHandler<IssueApiKeyCommand> {
  constructor(
    private readonly keys: ApiKeyStreams,
    private readonly users: UserStreams,
    private readonly source: KeySource,
    private readonly once: Once,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
  ) {}

  /** @throws KeysNotManageable | UserNotFound | ExpiryPassed, and what {@link Once}, {@link Refusals} and transact throw */
  async execute({ wish, credential, context }: IssueApiKeyCommand): Promise<NewApiKey & { committed: Committed }> {
    const attempt = { action: 'createApiKey', targetId: wish.userId, fields: ['api_key'] };
    const key = this.source.next(context, credential);
    const committed = await this.refusals.watch(attempt, context, () => this.issue(wish, key, context));
    return { ...key, committed };
  }

  private async issue(wish: IssueApiKey, key: NewApiKey, context: Omit<Context, 'rule'>): Promise<Committed> {
    const { actor, userId, name, expiresAt = null } = wish;
    if (!mayManageKeysOf(actor, userId)) throw new KeysNotManageable(userId);
    const { apiKeyId, apiKey } = key;
    const { accountId } = actor;
    const secret = { keyHash: hashApiKey(apiKey), redactedKey: redactApiKey(apiKey) };
    const data = { apiKeyId, accountId, userId, name, ...secret, expiresAt };
    const stamped = { ...context, rule: keyRule(actor) };
    const request = (current: Current<ApiKey>) => requestApiKey(current, data, this.clock.now());
    return this.once.run(stamped, async () => {
      await this.expectOwner(wish, stamped);
      return { subject: apiKeyId, ...(await this.keys.transact(apiKeyId, request, stamped)) };
    });
  }

  /** Who asks for themselves has just been found. One removed meanwhile has a key that nobody can use. */
  private async expectOwner({ actor, userId }: IssueApiKey, context: Context): Promise<void> {
    if (userId === actor.userId) return;
    const { commandFingerprint: _key, ...asking } = context;
    await this.users.transact(userId, (user) => expectUser(user, actor.accountId, userId), asking);
  }
}
