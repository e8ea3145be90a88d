import type { Projection } from '../../event-sourcing/projection.js';
import type { AccountEvent } from '../domain/account.events.js';

type AccountView = Readonly<{ accountId: string; name: string }>;

export const accountView: Projection<AccountEvent, AccountView> = {
  name: 'account-view-1',
  columns: { accountId: 'text', name: 'text' },
  indexes: [],
  key: ({ data }) => data.accountId,
  on: { AccountOpened: ({ data }) => data, AdminDismissed: null },
};
