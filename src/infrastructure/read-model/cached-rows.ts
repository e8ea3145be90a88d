import type { AnyRow, Table } from '../../event-sourcing/projection.js';
import {
  type ProjectionProgress,
  Rows,
  type Selection,
  type Stored,
  type Test,
} from '../../event-sourcing/read-model.js';

/** At a few hundred bytes a row, some megabytes. */
const CACHED_ROWS = 20_000;

/** Rows by key, remembered until the projector changes them; it says so before anyone who waits for the change goes on. */
export class CachedRows extends Rows {
  /** Rows asked for by key that were remembered, and that were not. */
  readonly counts = { hit: 0, miss: 0 };
  private readonly cache = new Map<string, Stored<AnyRow>>();
  /** Counts changes, so that a row read while one happens is not remembered. */
  private changes = 0;

  constructor(
    private readonly rows: Rows,
    progress: ProjectionProgress,
  ) {
    super();
    progress.onCommitted((table, rows) => {
      this.changes++;
      for (const key of rows.keys()) this.cache.delete(`${table}/${key}`);
    });
    progress.onDoubt(() => {
      this.changes++;
      this.cache.clear();
    });
  }

  override async get<Row extends AnyRow>(table: Table<Row>, key: string): Promise<Stored<Row> | undefined> {
    const name = `${table.name}/${key}`;
    const cached = this.cache.get(name);
    this.counts[cached ? 'hit' : 'miss']++;
    if (cached) return cached as Stored<Row>;
    const before = this.changes;
    const row = await this.rows.get(table, key);
    if (row && before === this.changes) this.remember(name, row);
    return row;
  }

  override findOne<Row extends AnyRow>(
    table: Table<Row>,
    column: keyof Row & string,
    value: string,
  ): Promise<Stored<Row> | undefined> {
    return this.rows.findOne(table, column, value);
  }

  override select<Row extends AnyRow>(table: Table<Row>, selection: Selection): Promise<readonly Stored<Row>[]> {
    return this.rows.select(table, selection);
  }

  override count(table: Table, where: readonly Test[], atMost: number): Promise<number> {
    return this.rows.count(table, where, atMost);
  }

  override isEmpty(table: Table): Promise<boolean> {
    return this.rows.isEmpty(table);
  }

  /** The oldest goes when there are too many. */
  private remember(name: string, row: Stored<AnyRow>): void {
    if (this.cache.size >= CACHED_ROWS) for (const oldest of this.cache.keys()) if (this.cache.delete(oldest)) break;
    this.cache.set(name, row);
  }
}
