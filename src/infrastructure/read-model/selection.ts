import {
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type SelectQueryBuilder,
  sql,
  type SqlBool,
} from 'kysely';
import type { Table } from '../../event-sourcing/projection.js';
import type { Selection, Test } from '../../event-sourcing/read-model.js';
import type { AnyTables } from './sql-read-model.js';
import type { RawRow } from './tables.js';

type Builder = ExpressionBuilder<AnyTables, string>;
type Joined = NonNullable<Selection['joined']>;
type Query = SelectQueryBuilder<AnyTables, string, RawRow>;

/** SQLite has no booleans. */
const plain = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** A test as SQL. One that is not to choose an index is put to an expression instead of to the column. */
function held(build: Builder, test: Test, byIndex: boolean): Expression<SqlBool> {
  const column = byIndex ? sql.ref(test.column) : sql`coalesce(${sql.ref(test.column)}, null)`;
  if (test.is === 'contains') return sql<SqlBool>`${column} like ${`%${escaped(test.value)}%`} escape '\\'`;
  if (test.is === 'in') return build(column, 'in', test.value.map(plain));
  return build(column, test.is, plain(test.value));
}

/** The rows of a selection, as a query. */
export function selecting(db: Kysely<AnyTables>, table: Table, selection: Selection): Query {
  const { where, filter = [], order, joined, descending = false, after, limit } = selection;
  let query: Query = db.selectFrom(table.name).selectAll();
  for (const test of where) query = query.where((build) => held(build, test, true));
  for (const test of filter) query = query.where((build) => held(build, test, false));
  if (joined) query = query.where((build) => fits(build, table, joined));
  if (after) query = query.where(() => comesAfter(order, after, descending));
  for (const column of order) query = query.orderBy(column, descending ? 'desc' : 'asc');
  return query.limit(limit);
}

/** Asked row by row: as a value, for of an `exists` a database makes a join, and begins it where it likes. */
function fits(build: Builder, table: Table, { table: other, by, filter }: Joined): Expression<SqlBool> {
  let query = build
    .selectFrom(other.name)
    .select(sql`1`.as('one'))
    .whereRef(`${other.name}.key`, '=', `${table.name}.${by}`);
  for (const test of filter) query = query.where((inner) => held(inner, test, false));
  return build(query, 'is not', null);
}

/** Row values, compared column by column (SQL-92; SQLite since 3.15, PostgreSQL). */
function comesAfter(order: readonly string[], values: readonly unknown[], descending: boolean): Expression<SqlBool> {
  const columns = sql.join(order.map((column) => sql.ref(column)));
  return sql<SqlBool>`(${columns}) ${sql.raw(descending ? '<' : '>')} (${sql.join(values.map(plain))})`;
}

/** How many rows an index finds, as a query that looks no further than `atMost`. */
export const counting = (db: Kysely<AnyTables>, table: Table, where: readonly Test[], atMost: number) =>
  db
    .selectFrom(
      selecting(db, table, { where, order: [], limit: atMost })
        .clearSelect()
        .select(sql`1`.as('one'))
        .as('found'),
    )
    .select(sql<number | bigint>`count(*)`.as('count'));
