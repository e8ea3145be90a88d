import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Position } from '../../event-sourcing/fact.js';
import type { Table } from '../../event-sourcing/projection.js';
import type { Changes, Checkpoint, RowsByKey } from '../../event-sourcing/read-model.js';
import { type Fence, fencing, LeaseLost } from './postgres-lease.js';
import { type AnyTables, kept, SqlReadModelWriter } from './sql-read-model.js';
import { addValues, checkpoints, checkpointValues, columnsOf, createIndexes, type RawValue, typeOf } from './tables.js';

/** Where those who follow hear of commits: named after the schema, for other versions' mean nothing to them. */
const CHANNEL = sql`current_schema()`;

/** So that what was committed after a position is found by those who follow. */
const FOLLOWED: readonly string[] = ['position'];

/** Rows and the checkpoint in PostgreSQL, written under a lease. A batch is one statement, and so one journey. */
export class PostgresReadModelWriter extends SqlReadModelWriter {
  /** What was committed last: what comes next is told on top of it. */
  private written: Checkpoint | undefined;

  constructor(
    private readonly postgres: Kysely<AnyTables>,
    private readonly fence: Fence,
  ) {
    super(postgres);
  }

  /** @throws LeaseLost */
  override async open(tables: readonly Table[], end?: Position): Promise<Checkpoint | undefined> {
    this.written = await this.postgres.transaction().execute(async (transaction) => {
      const { rows } = await fencing(this.fence).execute(transaction);
      if (rows.length === 0) throw new LeaseLost('another process tells the read model');
      const { rows: path } = await sql<{ schema: string }>`select current_schema() as "schema"`.execute(transaction);
      return this.openOn(transaction, tables, end, path[0]?.schema);
    });
    return this.written;
  }

  /**
   * Of a large table an index takes longer than any other statement may. Those that are there are not asked for again: even
   * where there is nothing to make, PostgreSQL waits for whoever writes or tidies the table.
   */
  override async index(tables: readonly Table[]): Promise<void> {
    const { rows } = await sql<{ name: string }>`select indexname as "name" from pg_indexes
      where schemaname = current_schema()`.execute(this.postgres);
    const known = new Set(rows.map(({ name }) => name));
    for (const table of tables)
      await this.postgres.transaction().execute(async (transaction) => {
        await sql`set local statement_timeout = 0`.execute(transaction);
        await createIndexes(transaction, { ...table, indexes: [...table.indexes, FOLLOWED] }, known);
      });
  }

  /**
   * Nothing is written, either, where the checkpoint is not where this writer left it: a replica may have become the
   * database, lease and all, without the last commits.
   *
   * @throws LeaseLost nothing was written
   */
  override async commit(changes: readonly Changes[], checkpoint: Checkpoint): Promise<void> {
    const parts = changes
      .filter(({ rows }) => rows.size > 0)
      .map(({ table, rows }, i) => sql`${sql.id(`w${i}`)} as (${this.upsert(table, arraysOf(table, rows))})`);
    const mark = this.upsert(
      checkpoints,
      checkpointValues(this.shape, checkpoint).map((value) => [value]),
    );
    const writing = sql`with held as materialized (${fencing(this.fence)}),
      fence as materialized (select from held where (select "position" from ${sql.id(checkpoints.name)}
        where "key" = ${this.shape}) is not distinct from ${this.written?.position.toString() ?? null}::bigint),
      ${parts.length > 0 ? sql`${sql.join(parts)},` : sql``} mark as (${mark} returning "position")
      select pg_notify(${CHANNEL}, "position"::text) from mark`;
    const { rows } = await kept(writing.execute(this.postgres));
    if (rows.length === 0) throw new LeaseLost('another process tells the read model, or it is not as it was left');
    this.written = checkpoint;
  }

  /** Writes so many whole rows, given column by column, whether they are there or not: as long as the lease is ours. */
  private upsert(table: Table, arrays: readonly (readonly RawValue[])[]): RawBuilder<unknown> {
    const columns = columnsOf(table);
    const values = columns.map((name, i) => sql`${arrays[i]}::${sql.raw(typeOf(table, name))}[]`);
    const replaced = columns.slice(1).map((name) => sql`${sql.id(name)} = ${sql.id('excluded', name)}`);
    return sql`insert into ${sql.id(table.name)} (${sql.join(columns.map((name) => sql.id(name)))})
      select * from unnest(${sql.join(values)}) where exists (select from fence)
      on conflict ("key") do update set ${sql.join(replaced)}`;
  }
}

function arraysOf(table: Table, rows: RowsByKey): RawValue[][] {
  const names = Object.keys(table.columns);
  const arrays: RawValue[][] = columnsOf(table).map(() => []);
  for (const [key, row] of rows) {
    const values: RawValue[] = [];
    addValues(values, names, key, row);
    for (const [i, value] of values.entries()) arrays[i]?.push(value);
  }
  return arrays;
}
