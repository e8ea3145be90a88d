import type { CompiledQuery, Kysely } from 'kysely';
import type { Table } from '../../event-sourcing/projection.js';
import type { AnyTables } from './sql-read-model.js';
import { columnsOf, type RawRow } from './tables.js';

/** The statement that writes so many whole rows, whether they are there or not; its parameters are theirs to fill in. */
export function upsertOf(db: Kysely<AnyTables>, table: Table, rows: number): CompiledQuery {
  const columns = columnsOf(table);
  const blank: RawRow = Object.fromEntries(columns.map((name) => [name, '']));
  return db
    .insertInto(table.name)
    .values(Array.from({ length: rows }, () => blank))
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet((row) => Object.fromEntries(columns.slice(1).map((name) => [name, row.ref(`excluded.${name}`)]))),
    )
    .compile();
}
