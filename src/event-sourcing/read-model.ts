import type { Position } from './fact.js';
import type { AnyRow, Progress, Table } from './projection.js';

/** A stored row: its own columns, and the last event told in it. */
export type Stored<Row> = Row & Progress;

/** Rows by key, of one projection. */
export type RowsByKey = ReadonlyMap<string, AnyRow & Progress>;

/** What a batch of events makes of one projection. */
export type Changes = Readonly<{ table: Table; rows: RowsByKey }>;

/** The read model as the projector writes it. One writer. */
export abstract class ReadModelWriter {
  /** Makes a projection's table where there is none; resolves to its checkpoint, undefined before any event. */
  abstract open(table: Table): Promise<Position | undefined>;
  /** The rows there are for these keys. */
  abstract load(table: Table, keys: readonly string[]): Promise<RowsByKey>;
  /** Writes rows and the checkpoint of every projection named, all in one transaction. */
  abstract commit(changes: readonly Changes[], checkpoint: Position): Promise<void>;
}

/** The read model as queries see it. */
export abstract class Rows {
  /** The row with this key. */
  abstract get<Row extends AnyRow>(table: Table<Row>, key: string): Promise<Stored<Row> | undefined>;
  /** The one row whose indexed `column` holds `value`. */
  abstract findOne<Row extends AnyRow>(
    table: Table<Row>,
    column: keyof Row & string,
    value: string,
  ): Promise<Stored<Row> | undefined>;
  /** Whether the table has no row. */
  abstract isEmpty(table: Table): Promise<boolean>;
}

/** How far the read model has come, and word of what changes in it. */
export abstract class ProjectionProgress {
  /**
   * Resolves once every projection has been told the event at `position`; at once when it has been already.
   *
   * @throws NotCaughtUp after `withinMs`, or at once while the projector is stopped
   */
  abstract reached(position: Position, withinMs: number): Promise<void>;
  /** Calls `listener` after each commit, with the keys that changed, before anyone waiting for it goes on. */
  abstract onCommitted(listener: (projection: string, keys: Iterable<string>) => void): void;
}

/** What became of a command that carried a key of the caller's choice. */
export type Receipt = Readonly<{ commandId: string; fingerprint: string; subject: string } & Progress>;

/** What became of commands whose ids callers chose, whether they changed anything or not. */
export abstract class Receipts {
  /** Makes ready what they are kept in. */
  abstract open(): Promise<void>;
  abstract find(commandId: string): Promise<Receipt | undefined>;
  /** Keeps the receipt of a command that changed nothing, for at least 24 hours; the log tells of those that did. */
  abstract rememberUnchanged(receipt: Receipt, now: Date): Promise<void>;
}
