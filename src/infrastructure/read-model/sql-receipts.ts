import type { Kysely } from 'kysely';
import type { Progress, Table } from '../../event-sourcing/projection.js';
import { type Receipt, Receipts, type Rows } from '../../event-sourcing/read-model.js';
import { answered } from './answered.js';
import { created } from './created.js';
import type { AnyTables } from './sql-read-model.js';

const KEPT_MS = 48 * 60 * 60 * 1000;

type ReceiptRow = {
  commandId: string;
  fingerprint: string;
  subject: string;
  revision: number | bigint;
  position: number | bigint;
  at: number;
};

/**
 * Receipts out of the projection that tells of commands which changed something, and for the others out of a table of
 * their own: no event tells of those, so no rebuild would bring them back.
 */
export class SqlReceipts extends Receipts {
  private readonly db: Kysely<{ unchangedReceipt: ReceiptRow }>;

  constructor(
    db: Kysely<AnyTables>,
    private readonly rows: Rows,
    private readonly told: Table<Omit<Receipt, keyof Progress | 'changed'>>,
  ) {
    super();
    this.db = db;
  }

  /** Makes the table where there is none. */
  override async open(): Promise<void> {
    const table = this.db.schema
      .createTable('unchangedReceipt')
      .ifNotExists()
      .addColumn('commandId', 'text', (column) => column.primaryKey())
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull());
    await created(table.execute());
    const index = this.db.schema.createIndex('unchangedReceipt-at').ifNotExists();
    await created(index.on('unchangedReceipt').column('at').execute());
  }

  override async find(commandId: string): Promise<Receipt | undefined> {
    const told = await this.rows.get(this.told, commandId);
    return told ? { ...told, changed: true } : this.findUnchanged(commandId);
  }

  private async findUnchanged(commandId: string): Promise<Receipt | undefined> {
    const found = this.db.selectFrom('unchangedReceipt').selectAll().where('commandId', '=', commandId);
    const row = await answered(found.executeTakeFirst());
    return row && { ...row, changed: false, revision: BigInt(row.revision), position: BigInt(row.position) };
  }

  override async rememberUnchanged(receipt: Omit<Receipt, 'changed'>, now: Date): Promise<void> {
    const { commandId, fingerprint, subject, revision, position } = receipt;
    const at = now.getTime();
    const old = this.db.deleteFrom('unchangedReceipt').where('at', '<', at - KEPT_MS);
    await answered(old.execute());
    const added = this.db
      .insertInto('unchangedReceipt')
      .values({ commandId, fingerprint, subject, revision, position, at })
      .onConflict((conflict) => conflict.doNothing());
    await answered(added.execute());
  }
}
