import type { AnyRow, Table } from '../../event-sourcing/projection.js';
import type { Rows, Selection, Stored, Test } from '../../event-sourcing/read-model.js';

/** What an index is asked for: each of the values is a walk of its own along the log. */
export type Lead = Readonly<{ column: string; values: readonly string[] }>;

/** Rows in log order, found by an index that ends in the position: the walks of all leading values as one, or all rows. */
export async function walk<Row extends AnyRow>(
  rows: Rows,
  table: Table<Row>,
  lead: Lead | undefined,
  selection: Omit<Selection, 'order' | 'after'>,
): Promise<Stored<Row>[]> {
  if (!lead) return [...(await rows.select(table, { ...selection, order: ['position'] }))];
  const { column } = lead;
  const values = [...new Set(lead.values)];
  const { descending = false, limit } = selection;
  const found: Stored<Row>[] = [];
  for (const value of values) {
    const where: Test[] = [...selection.where, { column, is: '=', value }];
    found.push(...(await rows.select(table, { ...selection, where, order: ['position'] })));
  }
  if (values.length > 1) found.sort((a, b) => Number(descending ? b.position - a.position : a.position - b.position));
  return found.slice(0, limit);
}
