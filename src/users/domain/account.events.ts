import type { Catalogue } from '../../event-sourcing/catalogue.js';
import type { Fact } from '../../event-sourcing/fact.js';

export type AccountOpened = Fact<'AccountOpened', { accountId: string; name: string }>;
export type AccountEvent = AccountOpened;

/** First event of an e-mail's own stream: it is taken in its account, for good. */
export type EmailClaimed = Fact<'EmailClaimed', { userId: string }>;

export const accountEvents: Catalogue<AccountEvent | EmailClaimed> = {
  AccountOpened: {
    says: 'An account was opened.',
    version: 1,
    fields: { accountId: 'string', name: 'string' },
    personal: [],
  },
  EmailClaimed: {
    says: 'An e-mail was taken in its account, for good.',
    version: 1,
    fields: { userId: 'string' },
    personal: [],
  },
};
