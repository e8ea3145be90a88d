import type { CompiledQuery, Kysely, Transaction } from 'kysely';
import type { Position } from '../../event-sourcing/fact.js';
import type { AnyRow, Progress, Table } from '../../event-sourcing/projection.js';
import { type Changes, ReadModelWriter, type RowsByKey } from '../../event-sourcing/read-model.js';
import { checkpoints, columnsOf, createCheckpoints, createTable, fromRaw, type RawRow, toRaw } from './tables.js';

/** Tables by name, known only when the program runs. */
export type AnyTables = Record<string, RawRow>;

/** Rows and checkpoints in a SQL database, written together. */
export class SqlReadModelWriter extends ReadModelWriter {
  /** Statements by table, built once: building one costs more than running it. */
  private readonly upserts = new Map<string, CompiledQuery>();
  private readonly lookUps = new Map<string, CompiledQuery>();

  constructor(private readonly db: Kysely<AnyTables>) {
    super();
  }

  override async open(table: Table): Promise<Position | undefined> {
    await createCheckpoints(this.db);
    await createTable(this.db, table);
    const row = await this.db
      .selectFrom(checkpoints.name)
      .select('position')
      .where('key', '=', table.name)
      .executeTakeFirst();
    return row && BigInt(row.position ?? 0);
  }

  override async load(table: Table, keys: readonly string[]): Promise<RowsByKey> {
    const rows = new Map<string, AnyRow & Progress>();
    const query = built(this.lookUps, table.name, () =>
      this.db.selectFrom(table.name).selectAll().where('key', '=', '').compile(),
    );
    for (const key of keys) {
      const found = await this.db.executeQuery<RawRow>({ ...query, parameters: [key] });
      if (found.rows[0]) rows.set(key, fromRaw(table, found.rows[0]));
    }
    return rows;
  }

  override async commit(changes: readonly Changes[], checkpoint: Position): Promise<void> {
    await this.db.transaction().execute(async (transaction) => {
      for (const { table, rows } of changes) {
        for (const [key, row] of rows) await this.upsert(transaction, table, [toRaw(table, key, row)]);
      }
      const reached = changes.map(({ table }) => ({ key: table.name, position: checkpoint }));
      await this.upsert(transaction, checkpoints, reached);
    });
  }

  private async upsert(transaction: Transaction<AnyTables>, table: Table, rows: readonly RawRow[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = columnsOf(table);
    const query = built(this.upserts, `${table.name} ${rows.length}`, () =>
      this.db
        .insertInto(table.name)
        .values(rows.map(() => Object.fromEntries(columns.map((name) => [name, ''])) as RawRow))
        .onConflict((conflict) =>
          conflict
            .column('key')
            .doUpdateSet((row) =>
              Object.fromEntries(columns.slice(1).map((name) => [name, row.ref(`excluded.${name}`)])),
            ),
        )
        .compile(),
    );
    await transaction.executeQuery({ ...query, parameters: rows.flatMap((row) => columns.map((name) => row[name])) });
  }
}

function built(known: Map<string, CompiledQuery>, name: string, build: () => CompiledQuery): CompiledQuery {
  const query = known.get(name) ?? build();
  known.set(name, query);
  return query;
}
