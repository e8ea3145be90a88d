import { type Kysely, sql } from 'kysely';
import { Notebook } from '../../event-sourcing/notebook.js';
import { created } from './created.js';
import { type Fence, fencing, LeaseLost } from './postgres-lease.js';
import type { AnyTables } from './sql-read-model.js';

/** Makes the table of notes where there is none. */
export const openNotebooks = (db: Kysely<AnyTables>): Promise<void> =>
  created(sql`create table if not exists "notebook" ("name" text primary key, "notes" text not null)`.execute(db));

/** Notes of whoever has the lease of the same name, in the database. */
export class PostgresNotebook<T> extends Notebook<T> {
  constructor(
    private readonly db: Kysely<AnyTables>,
    private readonly fence: Fence,
  ) {
    super();
  }

  override async read(): Promise<T | undefined> {
    const { rows } = await sql<{ notes: string }>`select "notes" from "notebook"
      where "name" = ${this.fence.name}`.execute(this.db);
    return rows[0] && (JSON.parse(rows[0].notes) as T);
  }

  /** @throws LeaseLost nothing was written */
  override async write(notes: T): Promise<void> {
    const { rows } = await sql`with fence as materialized (${fencing(this.fence)})
      insert into "notebook" select ${this.fence.name}::text, ${JSON.stringify(notes)}::text where exists (select from fence)
      on conflict ("name") do update set "notes" = excluded."notes" returning 1`.execute(this.db);
    if (rows.length === 0) throw new LeaseLost('another process keeps these notes');
  }
}
