import { createHash } from 'node:crypto';
import { type ColumnDataType, type Kysely, type RawBuilder, sql } from 'kysely';
import { created } from './created.js';
import type { AnyTables } from './sql-read-model.js';
import type { Checkpoint } from '../../event-sourcing/read-model.js';
import type { AnyRow, ColumnKind, RowValue, Stored, Table } from '../../event-sourcing/projection.js';

/** What the database holds in a column; numbers for booleans, since SQLite has none. */
export type RawValue = string | number | bigint | null;
export type RawRow = Record<string, RawValue>;

/** Where databases have schemas, the one of what no event tells: they may hold others' tables, too. */
export const SCHEMA = 'user_ledger';

const types: Record<ColumnKind, ColumnDataType> = {
  text: 'text',
  'text?': 'text',
  integer: 'bigint',
  boolean: 'integer',
};

/** Text is ordered by its bytes, on every database: SQLite has this collation, on PostgreSQL it is made. */
const declared = (type: ColumnDataType): ColumnDataType | RawBuilder<unknown> =>
  type === 'text' ? sql`text collate "binary"` : type;

/** What the database calls what a column holds. */
export const typeOf = (table: Table, column: string): ColumnDataType =>
  types[table.columns[column] ?? (column === 'key' ? 'text' : 'integer')];

/** The table that says how far the read model has come, and of which events; its key names the shape it was built in. */
export const checkpoints: Table = {
  name: 'checkpoints',
  columns: { events: 'integer', chain: 'text' },
  indexes: [],
};

/** Every column of a table, the key first. */
export const columnsOf = (table: Table): readonly string[] => [
  'key',
  ...(table === checkpoints ? [] : ['revision']),
  'position',
  ...Object.keys(table.columns),
];

/** Names the shape of all tables together: their names, columns and indexes. */
export function shapeOf(tables: readonly Table[]): string {
  const shape = [...tables, checkpoints].map(({ name, columns, indexes }) => [name, Object.entries(columns), indexes]);
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}

/**
 * Where databases have schemas, the one of what is told in a shape: versions whose tables differ have one each, so that
 * they run side by side, and the former one is there to go back to.
 */
export const schemaOf = (tables: readonly Table[]): string => `${SCHEMA}_${shapeOf(tables).slice(0, 12)}`;

/** Makes a table where there is none. */
export async function createTable(db: Kysely<AnyTables>, table: Table): Promise<void> {
  let creation = db.schema.createTable(table.name).ifNotExists();
  for (const name of columnsOf(table))
    creation = creation.addColumn(name, declared(typeOf(table, name)), (column) => {
      if (name === 'key') return column.primaryKey();
      return table.columns[name] === 'text?' ? column : column.notNull();
    });
  await created(creation.execute());
}

/**
 * Makes a table's indexes where there are none, but for those known to be there: far quicker once the rows are there than
 * row by row.
 */
export async function createIndexes(db: Kysely<AnyTables>, table: Table, known?: ReadonlySet<string>): Promise<void> {
  for (const columns of table.indexes) {
    const name = `${table.name}-${columns.join('-')}`;
    if (known?.has(name)) continue;
    let creation = db.schema
      .createIndex(name)
      .ifNotExists()
      .on(table.name)
      .columns([...columns]);
    // Nobody looks for rows that hold nothing where an index has them sorted; the last column may only ride along.
    for (const column of columns.slice(0, -1))
      if (table.columns[column] === 'text?') creation = creation.where(column, 'is not', null);
    await created(creation.execute());
  }
}

const stored = (value: RowValue | undefined): string | number | null =>
  typeof value === 'boolean' ? Number(value) : (value ?? null);

/** Where the checkpoint of a shape is, by its row in {@link checkpoints}. */
export const checkpointOf = ({ position, events, chain }: RawRow): Checkpoint => ({
  position: BigInt(position ?? 0),
  events: Number(events),
  chain: String(chain),
});

/** A checkpoint as a row of {@link checkpoints}, its values in the order of {@link columnsOf}. */
export const checkpointValues = (shape: string, { position, events, chain }: Checkpoint): RawValue[] => [
  shape,
  position,
  events,
  chain,
];

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
