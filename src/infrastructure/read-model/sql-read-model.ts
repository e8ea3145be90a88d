import type { CompiledQuery, Kysely } from 'kysely';
import type { Position } from '../../event-sourcing/fact.js';
import type { AnyRow, Stored, Table } from '../../event-sourcing/projection.js';
import { faultOf } from '../../event-sourcing/fault.js';
import {
  type Changes,
  type Checkpoint,
  type Keys,
  ReadModelWriter,
  type RowsByKey,
  RowsRefused,
} from '../../event-sourcing/read-model.js';
import {
  addValues,
  checkpointOf,
  checkpoints,
  checkpointValues,
  createIndexes,
  createTable,
  fromRaw,
  type RawRow,
  type RawValue,
  shapeOf,
} from './tables.js';
import { isRefusal } from './sql-faults.js';
import { KyselyStatements, type Statements } from './statements.js';
import { upsertOf } from './upsert.js';

/** Tables by name, known only when the program runs. */
export type AnyTables = Record<string, RawRow>;

/** Rows written in one statement. Running a statement costs as much as some rows do; building one, far more. */
const ROWS_AT_ONCE = 32;
const KEYS_AT_ONCE = 100;
/** Tables that are told from the log; what no event tells is kept in tables without a version. */
const VERSIONED = /-\d+$/;

/** Forgets how far the read model has come: whoever opens it then is to tell all of history again. */
export async function forget(db: Kysely<AnyTables>): Promise<void> {
  await createTable(db, checkpoints);
  await db.deleteFrom(checkpoints.name).execute();
}

/** Rows and the checkpoint in a SQL database, written together. */
export class SqlReadModelWriter extends ReadModelWriter {
  /** Statements by table and number of rows, built once. */
  private readonly statements = new Map<string, CompiledQuery>();
  /** Names what the tables are open for. */
  protected shape = '';

  /** @param together how statements go to the database; one after the other where it is not said */
  constructor(
    private readonly db: Kysely<AnyTables>,
    private readonly together: Statements = new KyselyStatements(db),
  ) {
    super();
  }

  override open(tables: readonly Table[], end?: Position): Promise<Checkpoint | undefined> {
    return this.openOn(this.db, tables, end);
  }

  protected async openOn(
    db: Kysely<AnyTables>,
    tables: readonly Table[],
    end: Position | undefined,
    schema?: string,
  ): Promise<Checkpoint | undefined> {
    this.shape = shapeOf(tables);
    await createTable(db, checkpoints);
    const known = await db.selectFrom(checkpoints.name).selectAll().execute();
    const current = known.find(
      ({ key, position }) => key === this.shape && (end === undefined || BigInt(position ?? 0) <= end),
    );
    if (!current) {
      // In a file, those that other shapes left behind, too.
      for (const name of await tablesOf(db, schema))
        if (VERSIONED.test(name)) await db.schema.dropTable(name).execute();
      await db.deleteFrom(checkpoints.name).execute();
    }
    for (const table of tables) await createTable(db, table);
    return current && checkpointOf(current);
  }

  override async index(tables: readonly Table[]): Promise<void> {
    for (const table of tables) await createIndexes(this.db, table);
  }

  override async load(wanted: readonly Keys[]): Promise<readonly RowsByKey[]> {
    const loads = wanted.flatMap(({ table, keys }, index) => slices(keys).map((some) => ({ table, some, index })));
    const found = await kept(this.together.read(loads.map(({ table, some }) => this.loading(table, some))));
    const rows = wanted.map(() => new Map<string, Stored<AnyRow>>());
    for (const [i, { table, index }] of loads.entries())
      for (const row of found[i] ?? []) rows[index]?.set(String(row.key), fromRaw(table, row));
    return rows;
  }

  override async commit(changes: readonly Changes[], checkpoint: Checkpoint): Promise<void> {
    const statements = changes.flatMap(({ table, rows }) => this.upserts(table, rows));
    const query = this.built('checkpoint', () => upsertOf(this.db, checkpoints, 1));
    statements.push({ ...query, parameters: checkpointValues(this.shape, checkpoint) });
    await kept(this.together.transaction(statements));
  }

  private loading(table: Table, keys: readonly string[]): CompiledQuery {
    const query = this.built(`load ${table.name} ${keys.length}`, () =>
      this.db.selectFrom(table.name).selectAll().where('key', 'in', keys).compile(),
    );
    return { ...query, parameters: keys };
  }

  /** Statements of {@link ROWS_AT_ONCE} rows and of one, so that two are built for a table and no more. */
  private upserts(table: Table, rows: RowsByKey): CompiledQuery[] {
    const names = Object.keys(table.columns);
    const entries = rows.entries();
    const statements: CompiledQuery[] = [];
    for (let left = rows.size; left > 0;) {
      const size = left >= ROWS_AT_ONCE ? ROWS_AT_ONCE : 1;
      left -= size;
      const query = this.built(`upsert ${table.name} ${size}`, () => upsertOf(this.db, table, size));
      const parameters: RawValue[] = [];
      for (let i = 0; i < size; i++) {
        const { value } = entries.next();
        if (value) addValues(parameters, names, value[0], value[1]);
      }
      statements.push({ ...query, parameters });
    }
    return statements;
  }

  private built(name: string, build: () => CompiledQuery): CompiledQuery {
    const query = this.statements.get(name) ?? build();
    this.statements.set(name, query);
    return query;
  }
}

/** @throws RowsRefused */
export const kept = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
    throw new RowsRefused(`the database cannot keep it (${faultOf(error)})`, { cause: error });
  });

/** Our own tables: where databases have schemas, they may hold others'. */
async function tablesOf(db: Kysely<AnyTables>, schema: string | undefined): Promise<readonly string[]> {
  const tables = await db.introspection.getTables();
  return tables.filter((table) => table.schema === schema).map(({ name }) => name);
}

function slices(keys: readonly string[]): (readonly string[])[] {
  const parts = [];
  for (let i = 0; i < keys.length; i += KEYS_AT_ONCE) parts.push(keys.slice(i, i + KEYS_AT_ONCE));
  return parts;
}
