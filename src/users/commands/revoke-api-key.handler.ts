import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Context } from '../../event-sourcing/fact.js';
import type { Committed } from '../../event-sourcing/streams.js';
import { type RevokeApiKey, revokeApiKey } from '../domain/api-key.js';
import { keyRule } from '../domain/api-key.policy.js';
import { Once } from './once.js';
import { Refusals } from './refusals.js';
import { ApiKeyStreams } from './streams.js';

/** Asks for a key to work no more. */
export class RevokeApiKeyCommand extends Command<Committed> {
  constructor(
    readonly wish: RevokeApiKey,
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

/** Only the key's own stream knows whose it is, and so whether the caller may revoke it. */
@CommandHandler(RevokeApiKeyCommand)
export class RevokeApiKeyHandler implements ICommandHandler<RevokeApiKeyCommand> {
  constructor(
    private readonly keys: ApiKeyStreams,
    private readonly once: Once,
    private readonly refusals: Refusals,
  ) {}

  /** @throws ApiKeyNotFound | KeysNotManageable, and what {@link Once}, {@link Refusals} and transact throw */
  execute({ wish, context }: RevokeApiKeyCommand): Promise<Committed> {
    const stamped = { ...context, rule: keyRule(wish.actor) };
    // The target is the key's owner, whom a refusal names.
    const attempt = { action: 'revokeApiKey', targetId: '', fields: ['api_key'] };
    return this.refusals.watch(attempt, context, () =>
      this.once.run(stamped, async () => ({
        subject: wish.apiKeyId,
        ...(await this.keys.transact(wish.apiKeyId, (key) => revokeApiKey(key, wish), stamped)),
      })),
    );
  }
}
