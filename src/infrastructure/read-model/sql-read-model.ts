import type { CompiledQuery, Kysely } from 'kysely';
import type { Position } from '../../event-sourcing/fact.js';
import type { AnyRow, Stored, Table } from '../../event-sourcing/projection.js';
import { type Changes, ReadModelWriter, type RowsByKey } from '../../event-sourcing/read-model.js';
import {
  addValues,
  checkpoints,
  createCheckpoints,
  createIndexes,
  createTable,
  fromRaw,
  type RawRow,
  type RawValue,
  shapeOf,
} from './tables.js';
import { upsertOf } from './upsert.js';

/** Tables by name, known only when the program runs. */
export type AnyTables = Record<string, RawRow>;

/** Rows written in one statement. Running a statement costs as much as some rows do; building one, far more. */
const ROWS_AT_ONCE = 32;
const KEYS_AT_ONCE = 100;

/** Rows and the checkpoint in a SQL database, written together. */
export class SqlReadModelWriter extends ReadModelWriter {
  /** Statements by table and number of rows, built once. */
  private readonly statements = new Map<string, CompiledQuery>();
  private shape = '';

  constructor(private readonly db: Kysely<AnyTables>) {
    super();
  }

  /** Forgets how far the read model has come: {@link open} then has it told all of history again. */
  async forget(): Promise<void> {
    await createCheckpoints(this.db);
    await this.db.deleteFrom(checkpoints.name).execute();
  }

  override async open(tables: readonly Table[]): Promise<Position | undefined> {
    this.shape = shapeOf(tables);
    await createCheckpoints(this.db);
    const known = await this.db.selectFrom(checkpoints.name).selectAll().execute();
    const current = known.find(({ key }) => key === this.shape);
    if (!current) {
      for (const { name } of tables) await this.db.schema.dropTable(name).ifExists().execute();
      await this.db.deleteFrom(checkpoints.name).execute();
    }
    for (const table of tables) await createTable(this.db, table);
    return current && BigInt(current.position ?? 0);
  }

  override async index(tables: readonly Table[]): Promise<void> {
    for (const table of tables) await createIndexes(this.db, table);
  }

  override async load(table: Table, keys: readonly string[]): Promise<RowsByKey> {
    const rows = new Map<string, Stored<AnyRow>>();
    for (let i = 0; i < keys.length; i += KEYS_AT_ONCE) {
      const some = keys.slice(i, i + KEYS_AT_ONCE);
      const query = this.built(`load ${table.name} ${some.length}`, () =>
        this.db.selectFrom(table.name).selectAll().where('key', 'in', some).compile(),
      );
      const found = await this.db.executeQuery<RawRow>({ ...query, parameters: some });
      for (const row of found.rows) rows.set(String(row.key), fromRaw(table, row));
    }
    return rows;
  }

  override async commit(changes: readonly Changes[], checkpoint: Position): Promise<void> {
    await this.db.transaction().execute(async (transaction) => {
      for (const { table, rows } of changes) await this.upsert(transaction, table, rows);
      const query = this.built('checkpoint', () => upsertOf(this.db, checkpoints, 1));
      await transaction.executeQuery({ ...query, parameters: [this.shape, checkpoint] });
    });
  }

  /** In statements of {@link ROWS_AT_ONCE} rows and of one, so that two are built for a table and no more. */
  private async upsert(db: Kysely<AnyTables>, table: Table, rows: RowsByKey): Promise<void> {
    const names = Object.keys(table.columns);
    const entries = rows.entries();
    for (let left = rows.size; left > 0;) {
      const size = left >= ROWS_AT_ONCE ? ROWS_AT_ONCE : 1;
      left -= size;
      const query = this.built(`upsert ${table.name} ${size}`, () => upsertOf(this.db, table, size));
      const parameters: RawValue[] = [];
      for (let i = 0; i < size; i++) {
        const { value } = entries.next();
        if (value) addValues(parameters, names, value[0], value[1]);
      }
      await db.executeQuery({ ...query, parameters });
    }
  }

  private built(name: string, build: () => CompiledQuery): CompiledQuery {
    const query = this.statements.get(name) ?? build();
    this.statements.set(name, query);
    return query;
  }
}
