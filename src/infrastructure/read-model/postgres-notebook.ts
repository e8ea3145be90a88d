import { type Kysely, type RawBuilder, sql } from 'kysely';
import { Notebook } from '../../event-sourcing/notebook.js';
import { created } from './created.js';
import { type Fence, fencing, LeaseLost } from './postgres-lease.js';
import type { AnyTables } from './sql-read-model.js';

/** Makes the table of notes where there is none. */
export const openNotebooks = (db: Kysely<AnyTables>): Promise<void> =>
  created(
    sql`create table if not exists "note" ("notebook" text not null, "number" bigserial, "note" text not null,
      primary key ("notebook", "number"))`.execute(db),
  );

/** Notes of whoever has the lease of the same name, in the database. */
export class PostgresNotebook<T> extends Notebook<T> {
  constructor(
    private readonly db: Kysely<AnyTables>,
    private readonly fence: Fence,
  ) {
    super();
  }

  override async read(): Promise<readonly T[]> {
    const { rows } = await sql<{ note: string }>`select "note" from "note"
      where "notebook" = ${this.fence.name} order by "number"`.execute(this.db);
    return rows.map(({ note }) => JSON.parse(note) as T);
  }

  /** @throws LeaseLost nothing was written */
  override add(...notes: readonly T[]): Promise<void> {
    return this.fenced(notes, sql``);
  }

  /** @throws LeaseLost nothing was changed */
  override replace(notes: readonly T[]): Promise<void> {
    const former = sql`, former as (delete from "note" where "notebook" = ${this.fence.name} and exists (select from fence))`;
    return this.fenced(notes, former);
  }

  private async fenced(notes: readonly T[], before: RawBuilder<unknown>): Promise<void> {
    const texts = notes.map((note) => JSON.stringify(note));
    const { rows } = await sql<{ held: boolean }>`with fence as materialized (${fencing(this.fence)})${before},
      added as (insert into "note" ("notebook", "note") select ${this.fence.name}::text, "text"
        from unnest(${texts}::text[]) with ordinality as t ("text", "n") where exists (select from fence) order by "n")
      select exists (select from fence) as "held"`.execute(this.db);
    if (rows[0]?.held !== true) throw new LeaseLost('another process keeps these notes');
  }
}
