import type { Projection } from '../../event-sourcing/projection.js';
import type { AccountEvent } from '../domain/account.events.js';

type AccountView = Readonly<{ accountId: string; name: string }>;

/** Which accounts there are: asked at the start, which opens one where there is none. */
export const accountView: Projection<AccountEvent, AccountView> = {
  name: 'account-view-1',
  columns: { accountId: 'text', name: 'text' },
  indexes: [],
  key: ({ data }) => data.accountId,
  on: { AccountOpened: ({ data }) => data, AdminDismissed: null },
};
