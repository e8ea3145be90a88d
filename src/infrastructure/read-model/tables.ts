import { createHash } from 'node:crypto';
import type { ColumnDataType, Kysely } from 'kysely';
import type { AnyTables } from './sql-read-model.js';
import type { AnyRow, ColumnKind, RowValue, Stored, Table } from '../../event-sourcing/projection.js';

/** What the database holds in a column; numbers for booleans, since SQLite has none. */
export type RawValue = string | number | bigint | null;
export type RawRow = Record<string, RawValue>;

const types: Record<ColumnKind, ColumnDataType> = {
  text: 'text',
  'text?': 'text',
  integer: 'bigint',
  boolean: 'integer',
};

/** The table that says how far the read model has come; its key names the shape it was built in. */
export const checkpoints: Table = { name: 'checkpoint', columns: {}, indexes: [] };

/** Every column of a table, the key first. */
export const columnsOf = (table: Table): readonly string[] =>
  table === checkpoints ? ['key', 'position'] : ['key', 'revision', 'position', ...Object.keys(table.columns)];

/** Names the shape of all tables together: their names, columns and indexes. */
export function shapeOf(tables: readonly Table[]): string {
  const shape = tables.map(({ name, columns, indexes }) => [name, Object.entries(columns), indexes]);
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}

export async function createCheckpoints(db: Kysely<AnyTables>): Promise<void> {
  await db.schema
    .createTable(checkpoints.name)
    .ifNotExists()
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .execute();
}

/** Makes a table where there is none. */
export async function createTable(db: Kysely<AnyTables>, table: Table): Promise<void> {
  let creation = db.schema
    .createTable(table.name)
    .ifNotExists()
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull());
  for (const [name, kind] of Object.entries(table.columns))
    creation = creation.addColumn(name, types[kind], (column) => (kind === 'text?' ? column : column.notNull()));
  await creation.execute();
}

/** Makes a table's indexes where there are none: far quicker once the rows are there than row by row. */
export async function createIndexes(db: Kysely<AnyTables>, table: Table): Promise<void> {
  for (const columns of table.indexes)
    await db.schema
      .createIndex(`${table.name}-${columns.join('-')}`)
      .ifNotExists()
      .on(table.name)
      .columns([...columns])
      .execute();
}

const stored = (value: RowValue | undefined): string | number | null =>
  typeof value === 'boolean' ? Number(value) : (value ?? null);

/** A row as the database takes it, its values in the order of {@link columnsOf}, added to the end of `values`. */
export function addValues(values: RawValue[], names: readonly string[], key: string, row: Stored<AnyRow>): void {
  values.push(key, row.revision, row.position);
  for (const name of names) values.push(stored(row[name]));
}

/** Columns as pairs, listed once for each table: rows are read by the hundred thousand. */
const listed = new WeakMap<Table, readonly (readonly [string, ColumnKind])[]>();
function columnList(table: Table): readonly (readonly [string, ColumnKind])[] {
  let columns = listed.get(table);
  if (!columns) listed.set(table, (columns = Object.entries(table.columns)));
  return columns;
}

/** A row as the projection knows it. */
export function fromRaw(table: Table, raw: RawRow): Stored<AnyRow> {
  const row: Record<string, unknown> = {
    revision: BigInt(raw.revision ?? 0),
    position: BigInt(raw.position ?? 0),
  };
  for (const [name, kind] of columnList(table)) {
    const value = raw[name] ?? null;
    row[name] = kind === 'boolean' ? Number(value) === 1 : kind === 'integer' ? Number(value) : value;
  }
  return row as Stored<AnyRow>;
}
