import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Context } from '../../event-sourcing/fact.js';
import type { Committed } from '../../event-sourcing/streams.js';
import { claimEmail, emailClaimId, openAccount } from '../domain/account.js';
import { hashApiKey, issueApiKey, redactApiKey } from '../domain/api-key.js';
import { addUser } from '../domain/user.js';
import { AccountStreams, ApiKeyStreams, EmailClaimStreams, UserStreams } from './streams.js';

/** A new account, its first admin and that admin's API key, all under ids chosen beforehand. */
type NewAccount = Readonly<{
  accountId: string;
  accountName: string;
  userId: string;
  email: string;
  name: string;
  apiKeyId: string;
  apiKey: string;
}>;

/**
 * Opens an account; resolves to where the last of it, the key, stands. Given again it does what is missing, so that it
 * can be taken up after a crash half-way.
 */
export class OpenAccountCommand extends Command<Committed> {
  constructor(
    readonly account: NewAccount,
    readonly context: Context,
  ) {
    super();
  }
}

/**
 * Four streams, one after the other, each of which says nothing when it is asked again: a start cut short goes
 * on here.
 */
@CommandHandler(OpenAccountCommand)
export class OpenAccountHandler implements ICommandHandler<OpenAccountCommand> {
  constructor(
    private readonly accounts: AccountStreams,
    private readonly emails: EmailClaimStreams,
    private readonly users: UserStreams,
    private readonly apiKeys: ApiKeyStreams,
  ) {}

  async execute({ account, context }: OpenAccountCommand): Promise<Committed> {
    const { accountId, userId, email, name, apiKeyId, apiKey } = account;
    await this.accounts.transact(accountId, (current) => openAccount(current, accountId, account.accountName), context);
    await this.emails.transact(emailClaimId(accountId, email), (current) => claimEmail(current, userId), context);
    const user = { userId, accountId, email, name, role: 'admin', isDeveloper: true };
    await this.users.transact(userId, (current) => addUser(current, user), context);
    const key = { apiKeyId, accountId, userId, name: 'initial admin', expiresAt: null };
    const stored = { ...key, keyHash: hashApiKey(apiKey), redactedKey: redactApiKey(apiKey) };
    return this.apiKeys.transact(apiKeyId, (current) => issueApiKey(current, stored), context);
  }
}
