import type { Kysely } from 'kysely';
import { LastSeen } from '../../event-sourcing/last-seen.js';
import type { Log } from '../../event-sourcing/log.js';
import { answered } from './answered.js';
import { created } from './created.js';
import { faultOf } from '../../event-sourcing/fault.js';
import type { AnyTables } from './sql-read-model.js';

const WRITTEN_AGAIN_MS = 60_000;
/** Those written of late that are remembered; of those forgotten one more is written. */
const REMEMBERED = 50_000;

/** Written at most once a minute for each, and never waited for. */
export class SqlLastSeen extends LastSeen {
  private readonly db: Kysely<{ lastSeen: { what: string; at: number | bigint } }>;
  private readonly written = new Map<string, number>();

  constructor(
    db: Kysely<AnyTables>,
    private readonly log: Log,
  ) {
    super();
    this.db = db;
  }

  /** Makes the table where there is none. */
  override async open(): Promise<void> {
    const table = this.db.schema
      .createTable('lastSeen')
      .ifNotExists()
      .addColumn('what', 'text', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull());
    await created(table.execute());
  }

  override note(what: string, now: Date): void {
    const at = now.getTime();
    const before = this.written.get(what);
    if (before !== undefined && at - before < WRITTEN_AGAIN_MS) return;
    if (this.written.size >= REMEMBERED) this.written.clear();
    this.written.set(what, at);
    this.write(what, at).catch((error: unknown) => {
      this.log.warn({ fault: faultOf(error) }, 'when something was last seen could not be written');
    });
  }

  private async write(what: string, at: number): Promise<void> {
    await this.db
      .insertInto('lastSeen')
      .values({ what, at })
      .onConflict((conflict) => conflict.column('what').doUpdateSet({ at }))
      .execute();
  }

  override async of(what: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (what.length === 0) return new Map();
    const rows = await answered(this.db.selectFrom('lastSeen').selectAll().where('what', 'in', what).execute());
    return new Map(rows.map((row) => [row.what, new Date(Number(row.at)).toISOString()]));
  }
}
