import { createHash } from 'node:crypto';
import type { Aggregate, Current } from '../../event-sourcing/streams.js';
import type { AccountEvent, EmailClaimed } from './account.events.js';

export type Account = Readonly<{ accountId: string }>;

export const accountAggregate: Aggregate<Account, AccountEvent> = {
  category: 'account',
  evolve: (_account, event) => ({ accountId: event.data.accountId }),
};

/** An account is opened once; asked again, it is open already. */
export const openAccount = ({ state }: Current<Account>, accountId: string, name: string): AccountEvent[] =>
  state ? [] : [{ type: 'AccountOpened', data: { accountId, name } }];

export type EmailClaim = Readonly<{ userId: string }>;

export const emailClaimAggregate: Aggregate<EmailClaim, EmailClaimed> = {
  category: 'useremail',
  evolve: (_claim, event) => event.data,
};

/** Names an e-mail's stream without naming the e-mail; folded, for e-mails are compared without regard to case. */
export const emailClaimId = (accountId: string, email: string): string =>
  createHash('sha256')
    .update(`${accountId}:${email.normalize('NFC').toLowerCase()}`)
    .digest('hex');

/** Takes an e-mail for a user, unless it is taken. */
export const claimEmail = ({ state }: Current<EmailClaim>, userId: string): EmailClaimed[] =>
  state ? [] : [{ type: 'EmailClaimed', data: { userId } }];
