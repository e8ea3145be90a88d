import type { Kysely } from 'kysely';
import type { Position } from '../../event-sourcing/fact.js';
import type { AnyRow, Progress, Table } from '../../event-sourcing/projection.js';
import { type Changes, ReadModelWriter, type RowsByKey } from '../../event-sourcing/read-model.js';
import {
  type CheckpointRow,
  checkpoints,
  createCheckpoints,
  createTable,
  fromRaw,
  type RawRow,
  toRaw,
} from './tables.js';

/** Tables by name, known only when the program runs. */
export type AnyTables = Record<string, RawRow> & { checkpoint: CheckpointRow };

/** Rows and checkpoints in a SQL database, written together. */
export class SqlReadModelWriter extends ReadModelWriter {
  constructor(private readonly db: Kysely<AnyTables>) {
    super();
  }

  override async open(table: Table): Promise<Position | undefined> {
    await createCheckpoints(this.db as unknown as Kysely<unknown>);
    await createTable(this.db as unknown as Kysely<unknown>, table);
    const row = await this.db
      .selectFrom(checkpoints)
      .select('position')
      .where('projection', '=', table.name)
      .executeTakeFirst();
    return row && BigInt(row.position);
  }

  override async load(table: Table, keys: readonly string[]): Promise<RowsByKey> {
    const rows = new Map<string, AnyRow & Progress>();
    if (keys.length === 0) return rows;
    const found = await this.db.selectFrom(table.name).selectAll().where('key', 'in', keys).execute();
    for (const raw of found) rows.set(raw['key'] as string, fromRaw(table, raw));
    return rows;
  }

  override async commit(changes: readonly Changes[], checkpoint: Position): Promise<void> {
    await this.db.transaction().execute(async (transaction) => {
      for (const { table, rows } of changes) {
        for (const [key, row] of rows) {
          const { key: _key, ...columns } = toRaw(table, key, row);
          await transaction
            .insertInto(table.name)
            .values({ key, ...columns })
            .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
            .execute();
        }
        await transaction
          .insertInto(checkpoints)
          .values({ projection: table.name, position: checkpoint as unknown as number })
          .onConflict((conflict) =>
            conflict.column('projection').doUpdateSet({ position: checkpoint as unknown as number }),
          )
          .execute();
      }
    });
  }
}
