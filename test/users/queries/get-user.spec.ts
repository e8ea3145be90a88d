import { expect, it } from '@jest/globals';
import { EventStoreUnavailable, Overloaded, ReadModelUnavailable } from '../../../src/event-sourcing/errors.js';
import type { Rows } from '../../../src/event-sourcing/read-model.js';
import { GetUserHandler, GetUserQuery } from '../../../src/users/queries/get-user.handler.js';
import type { UserHistory } from '../../../src/users/queries/user-history.js';
import { admin, USER } from '../../support/examples.js';
import { FakeProgress } from '../../support/feed.js';

const after = { outcome: 'changed', revision: 1n, position: 1n } as const;
const told = { userId: USER, accountId: admin.accountId, state: 'active', revision: 1n };

/** Asks for what a write has left, of a read model that fails so, and of the log. */
function afterWrite(fault: Error, at: () => Promise<unknown>): Promise<unknown> {
  const rows = { get: () => Promise.reject(fault) } as unknown as Rows;
  const handler = new GetUserHandler(rows, new FakeProgress(), { at } as unknown as UserHistory);
  return handler.execute(new GetUserQuery(admin, USER, { after }));
}

it.each([new Overloaded(), new ReadModelUnavailable()])('takes nothing back that is stored: $code', async (fault) => {
  expect(await afterWrite(fault, () => Promise.resolve(told))).toBe(told);
  const gone = () => Promise.reject(new EventStoreUnavailable());
  await expect(afterWrite(fault, gone)).rejects.toMatchObject({ code: 'outcome-unknown' });
});
