import type { Catalogue } from '../../event-sourcing/catalogue.js';
import type { Fact } from '../../event-sourcing/fact.js';

export type AccountOpened = Fact<'AccountOpened', { accountId: string; name: string }>;
/** Decided here, one at a time for the whole account, before the user is removed: another active admin remains. */
export type AdminDismissed = Fact<'AdminDismissed', { accountId: string; userId: string }>;
export type AccountEvent = AccountOpened | AdminDismissed;

/** First event of an e-mail's own stream: it is taken in its account, for good. */
export type EmailClaimed = Fact<'EmailClaimed', { userId: string }>;

export const accountEvents: Catalogue<AccountEvent | EmailClaimed> = {
  AccountOpened: {
    says: 'An account was opened.',
    version: 1,
    fields: { accountId: 'string', name: 'string' },
    personal: [],
  },
  AdminDismissed: {
    says: 'An admin is to be removed; another active one remains.',
    version: 1,
    fields: { accountId: 'string', userId: 'string' },
    personal: [],
  },
  EmailClaimed: {
    says: 'An e-mail was taken in its account, for good.',
    version: 1,
    fields: { userId: 'string' },
    personal: [],
  },
};
