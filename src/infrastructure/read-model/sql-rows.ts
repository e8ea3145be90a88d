import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { AnyRow, Table } from '../../event-sourcing/projection.js';
import { Rows, type Selection, type Stored, type Test } from '../../event-sourcing/read-model.js';
import { answered } from './answered.js';
import { counting, selecting } from './selection.js';
import type { AnyTables } from './sql-read-model.js';
import { fromRaw, type RawRow } from './tables.js';

/** Rows out of a SQL database, on a connection that never waits for the projector's. */
export class SqlRows extends Rows {
  /** Look-ups by table and column, built once: building one costs more than running it. */
  private readonly lookUps = new Map<string, CompiledQuery>();

  constructor(private readonly db: Kysely<AnyTables>) {
    super();
  }

  override get<Row extends AnyRow>(table: Table<Row>, key: string): Promise<Stored<Row> | undefined> {
    return this.lookUp<Row>(table, 'key', key);
  }

  override findOne<Row extends AnyRow>(
    table: Table<Row>,
    column: keyof Row & string,
    value: string,
  ): Promise<Stored<Row> | undefined> {
    return this.lookUp<Row>(table, column, value);
  }

  override async select<Row extends AnyRow>(table: Table<Row>, selection: Selection): Promise<readonly Stored<Row>[]> {
    const rows = await answered(selecting(this.db, table, selection).execute());
    return rows.map((row) => fromRaw(table, row) as Stored<Row>);
  }

  override async count(table: Table, where: readonly Test[], atMost: number): Promise<number> {
    const { count } = await answered(counting(this.db, table, where, atMost).executeTakeFirstOrThrow());
    return Number(count);
  }

  override async isEmpty(table: Table): Promise<boolean> {
    const one = this.db
      .selectFrom(table.name)
      .select(sql`1`.as('one'))
      .limit(1);
    const row = await answered(one.executeTakeFirst());
    return row === undefined;
  }

  private async lookUp<Row>(table: Table, column: string, value: string): Promise<Stored<Row> | undefined> {
    const name = `${table.name}-${column}`;
    let query = this.lookUps.get(name);
    if (!query) {
      query = this.db.selectFrom(table.name).selectAll().where(column, '=', '').limit(1).compile();
      this.lookUps.set(name, query);
    }
    const parameters = [value, ...query.parameters.slice(1)];
    const { rows } = await answered(this.db.executeQuery<RawRow>({ ...query, parameters }));
    return rows[0] && (fromRaw(table, rows[0]) as Stored<Row>);
  }
}
