import { createHash } from 'node:crypto';
import type { Aggregate, Current } from '../../event-sourcing/streams.js';
import { LastAdmin } from './user.errors.js';
import type { AccountEvent, EmailClaimed } from './account.events.js';

/** `dismissed`: the admins that are removed or about to be. Whoever is among them stays so. */
export type Account = Readonly<{ accountId: string; dismissed: ReadonlySet<string> }>;

const NOBODY_DISMISSED: ReadonlySet<string> = new Set();

/** An account's stream: that it was opened, and which admins it let go. */
export const accountAggregate: Aggregate<Account, AccountEvent> = {
  category: 'account',
  evolve: (account, event) => {
    const { accountId } = event.data;
    const dismissed = account?.dismissed ?? NOBODY_DISMISSED;
    return event.type === 'AccountOpened'
      ? { accountId, dismissed }
      : { accountId, dismissed: new Set([...dismissed, event.data.userId]) };
  },
};

/** An account is opened once; asked again, it is open already. */
export const openAccount = ({ state }: Current<Account>, accountId: string, name: string): AccountEvent[] =>
  state ? [] : [{ type: 'AccountOpened', data: { accountId, name } }];

/**
 * Lets an admin go where another one stays. `admins` are users known to have been active admins at some time; only removal
 * ends that, and it is decided here first, so what is known may be out of date (docs/decisions/0008).
 *
 * @throws LastAdmin
 */
export function dismissAdmin(
  { state }: Current<Account>,
  accountId: string,
  userId: string,
  admins: readonly string[],
): AccountEvent[] {
  const dismissed = state?.dismissed ?? NOBODY_DISMISSED;
  // Whoever is let go already is to be removed still: a crash may have come between the two.
  if (dismissed.has(userId)) return [];
  if (!admins.some((admin) => admin !== userId && !dismissed.has(admin))) throw new LastAdmin();
  return [{ type: 'AdminDismissed', data: { accountId, userId } }];
}

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
