import { randomUUID } from 'node:crypto';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type FencingToken, Lease, type LeaseNote } from '../../event-sourcing/lease.js';
import { created } from './created.js';
import type { AnyTables } from './sql-read-model.js';

/** Another process has the lease. Looks like a fault of the database: it is none of the event that was to be told. */
export class LeaseLost extends Error {
  readonly code = 'ELEASELOST';
}

/** Instances that share the read model are running. */
export class ReadModelInUse extends Error {}

/** A lease as it is held. */
export type Fence = Readonly<{ name: string; token: FencingToken }>;

/**
 * The row of a lease as long as its token is the newest, locked until the transaction's end: to take the lease is to
 * change this row, so a transaction that has read it is over before another process holds the lease, or finds nothing.
 */
export const fencing = ({ name, token }: Fence): RawBuilder<unknown> =>
  sql`select 1 from "lease" where "name" = ${name} and "token" = ${token} for share`;

/** Makes the table of leases where there is none. */
export const openLeases = (db: Kysely<AnyTables>): Promise<void> =>
  created(
    sql`create table if not exists "lease" ("name" text primary key, "holder" text not null, "token" bigint not null,
      "until" timestamptz not null, "note" text not null)`.execute(db),
  );

/** A lease as a row of the database. */
export class PostgresLease extends Lease {
  constructor(
    private readonly db: Kysely<AnyTables>,
    readonly name: string,
    override readonly ms: number,
  ) {
    super();
  }

  /** Tells this process, and this time of its holding it, from all others. */
  private holder = randomUUID();
  /** What this process let go of, though the database may not have heard: it need not wait for the end of that. */
  private former = '';
  private asking: Promise<unknown> = Promise.resolve();

  override hold(note: string): Promise<FencingToken | undefined> {
    const held = this.take(note);
    this.asking = held.catch(() => undefined);
    return held;
  }

  private async take(note: string): Promise<FencingToken | undefined> {
    const until = sql`clock_timestamp() + ${this.ms} * interval '1 ms'`;
    const { rows } = await sql<{ token: number }>`
      insert into "lease" as l ("name", "holder", "token", "until", "note")
      values (${this.name}, ${this.holder}, 1, ${until}, ${note})
      on conflict ("name") do update set "holder" = excluded."holder", "until" = ${until}, "note" = excluded."note",
        "token" = l."token" + (case when l."holder" = excluded."holder" then 0 else 1 end)
      where l."holder" in (excluded."holder", ${this.former}) or l."until" < clock_timestamp()
      returning "token"`.execute(this.db);
    return rows[0] && BigInt(rows[0].token);
  }

  override async look(): Promise<LeaseNote | undefined> {
    const { rows } =
      await sql<LeaseNote>`select "note", "until" < clock_timestamp() or "holder" = ${this.former} as "over"
      from "lease" where "name" = ${this.name}`.execute(this.db);
    return rows[0];
  }

  override async release(note?: string): Promise<void> {
    const { holder } = this;
    this.former = holder;
    this.holder = randomUUID();
    await this.asking; // it may be on its way, and would take what was let go of
    await sql`update "lease" set "holder" = '', "until" = '-infinity', "note" = coalesce(${note ?? null}, "note")
      where "name" = ${this.name} and "holder" = ${holder}`.execute(this.db);
  }
}
