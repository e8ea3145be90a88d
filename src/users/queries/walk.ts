import type { AnyRow, Table } from '../../event-sourcing/projection.js';
import type { Rows, Selection, Stored, Test } from '../../event-sourcing/read-model.js';
import { accountCode } from '../projections/account-code.js';

/** What an index is asked for: each of the values is a walk of its own along the log. */
export type Lead = Readonly<{ column: string; values: readonly string[] }>;

/**
 * Rows of an account in log order, found by an index that ends in the position: the walks of all leading values as one;
 * without a lead, all rows. A lead finds them by the account's code, so `selection` is to hold them against the account.
 */
export async function walk<Row extends AnyRow>(
  rows: Rows,
  table: Table<Row>,
  { accountId, lead }: Readonly<{ accountId: string; lead: Lead | undefined }>,
  selection: Omit<Selection, 'order' | 'after'>,
): Promise<Stored<Row>[]> {
  const found: Stored<Row>[] = [];
  for (const tests of walks(accountId, lead)) {
    const where = [...tests, ...selection.where];
    found.push(...(await rows.select(table, { ...selection, where, order: ['position'] })));
  }
  const { descending = false, limit } = selection;
  found.sort((a, b) => Number(descending ? b.position - a.position : a.position - b.position));
  return found.slice(0, limit);
}

/** What each walk's index is asked for. */
function walks(accountId: string, lead: Lead | undefined): Test[][] {
  if (!lead) return [[{ column: 'accountId', is: '=', value: accountId }]];
  const account: Test = { column: 'account', is: '=', value: accountCode(accountId) };
  return [...new Set(lead.values)].map((value) => [account, { column: lead.column, is: '=', value }]);
}
