import type { Position } from './fact.js';
import type { AnyRow, Progress, RowValue, Stored, Table } from './projection.js';
import type { Tally } from './tally.js';

export type { Stored } from './projection.js';

/** Rows by key, of one table. */
export type RowsByKey = ReadonlyMap<string, Stored<AnyRow>>;

/** What a batch of events makes of one table. */
export type Changes = Readonly<{ table: Table; rows: RowsByKey }>;

/** Rows of one table, by key. */
export type Keys = Readonly<{ table: Table; keys: readonly string[] }>;

/** The database cannot keep rows that it was given, however often it is tried. Nothing was written. */
export class RowsRefused extends Error {}

/** How far the read model was told, and of which events. */
export type Checkpoint = Readonly<{ position: Position }> & Tally;

/** The read model as the projector writes it. One writer. */
export abstract class ReadModelWriter {
  /**
   * Makes the tables ready, and resolves to how far they have come; undefined before any event. Where they were
   * built in another shape, or from a log that went further than to `end`, they are emptied, so that they are told all of
   * history again.
   */
  abstract open(tables: readonly Table[], end?: Position): Promise<Checkpoint | undefined>;
  /** Makes the indexes where there are none; rows are looked up by key alone until then. Done once history is told. */
  abstract index(tables: readonly Table[]): Promise<void>;
  /** The rows there are, table by table. @throws RowsRefused where a key cannot be one */
  abstract load(wanted: readonly Keys[]): Promise<readonly RowsByKey[]>;
  /** Writes rows and the checkpoint, all in one transaction. @throws RowsRefused */
  abstract commit(changes: readonly Changes[], checkpoint: Checkpoint): Promise<void>;
}

/** What a column must be. `contains` is about text; `in` takes a list. */
export type Test = Readonly<{ column: string }> &
  Readonly<
    | { is: '=' | '<' | '<=' | '>' | '>='; value: RowValue | bigint }
    | { is: 'in'; value: readonly RowValue[] }
    | { is: 'contains'; value: string }
  >;

/** Which rows of a table, in which order, and how many at most. */
export type Selection = Readonly<{
  /** What an index finds. */
  where: readonly Test[];
  /** What the rows found are held against, without an index being chosen for it. */
  filter?: readonly Test[];
  /** What the row of another table is held against, whose key the column `by` of the rows found is. */
  joined?: Readonly<{ table: Table; by: string; filter: readonly Test[] }>;
  /** Columns, `key` and `position` among them; together they tell any two rows apart. */
  order: readonly string[];
  descending?: boolean;
  /** Only what comes after the row with these values of the order's columns. */
  after?: readonly (RowValue | bigint)[];
  limit: number;
}>;

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
  /** The rows selected. */
  abstract select<Row extends AnyRow>(table: Table<Row>, selection: Selection): Promise<readonly Stored<Row>[]>;
  /** How many rows an index finds for `where`, counted up to `atMost`. */
  abstract count(table: Table, where: readonly Test[], atMost: number): Promise<number>;
  /** Whether the table has no row. */
  abstract isEmpty(table: Table): Promise<boolean>;
}

/** Is told of a table the rows that a commit wrote, by key, in the order of the events that wrote them. */
export type CommitListener = (table: string, rows: RowsByKey) => void;

/** How far the read model has come, and word of what changes in it. */
export abstract class ProjectionProgress {
  /** The last position told. */
  abstract readonly position: Position;
  /**
   * Resolves once the read model has been told the event at `position`; at once when it has been already.
   *
   * @throws NotCaughtUp after `withinMs`, or at once while the projector is stopped
   */
  abstract reached(position: Position, withinMs: number): Promise<void>;
  /** Calls `listener` after each commit, table by table, before anyone waiting for it goes on. */
  abstract onCommitted(listener: CommitListener): void;
  /**
   * Calls `listener` where commits may have been taken back without word, or told again: whatever is remembered of rows is
   * to be forgotten.
   */
  abstract onDoubt(listener: () => void): void;
}

/** What became of a command that carried a key of the caller's choice: of whom it was, and whether it `changed` anything. */
export type Receipt = Readonly<
  { commandId: string; fingerprint: string; subject: string; changed: boolean } & Progress
>;

/** What became of commands whose ids callers chose, whether they changed anything or not. */
export abstract class Receipts {
  /** Makes ready what they are kept in. */
  abstract open(): Promise<void>;
  abstract find(commandId: string): Promise<Receipt | undefined>;
  /** Keeps the receipt of a command that changed nothing, for 48 hours at least; the log tells of those that did. */
  abstract rememberUnchanged(receipt: Omit<Receipt, 'changed'>, now: Date): Promise<void>;
}
