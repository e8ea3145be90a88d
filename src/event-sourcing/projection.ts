import type { AnyFact, Position, Recorded, Revision } from './fact.js';

/** What a column holds; every database stores all four the same way. `?` allows null. */
export type ColumnKind = 'text' | 'text?' | 'integer' | 'boolean';
export type RowValue = string | number | boolean | null;
export type AnyRow = Readonly<Record<string, RowValue>>;

type KindOf<V> = null extends V ? 'text?' : V extends boolean ? 'boolean' : V extends number ? 'integer' : 'text';

/** What every row carries besides its own columns: the last event told in it. */
export type Progress = Readonly<{ revision: Revision; position: Position }>;

/** A table of rows, as the database needs to know it. */
export type Table<Row extends AnyRow = AnyRow> = Readonly<{
  /** Version included: a new row shape is a new name, which replays from the start. */
  name: string;
  columns: Readonly<Record<string, ColumnKind>>;
  /** Columns that rows are looked up by, apart from the key. */
  indexes: readonly string[];
  /** Never set: tells the compiler what a row looks like. */
  row?: Row;
}>;

/**
 * A map from event to row patch. Complete by type: a new event does not compile until every projection answers it;
 * `null` answers that it does not matter here. Pure: no clock, no randomness, so that a rebuild gives the same rows.
 */
export type Projection<E extends AnyFact, Row extends AnyRow> = Table<Row> &
  Readonly<{
    columns: { readonly [K in keyof Row]: KindOf<Row[K]> };
    indexes: readonly (keyof Row & string)[];
    /** The primary key; undefined where the event does not matter here. */
    key: (event: Recorded<E>) => string | undefined;
    on: {
      readonly [T in E['type']]:
        ((event: Recorded<Extract<E, { type: T }>>, row: Row | undefined) => Partial<Row>) | null;
    };
  }>;

/** A projection as the projector handles it, of whatever events and rows. */
export type AnyProjection = Table &
  Readonly<{
    key: (event: never) => string | undefined;
    on: Readonly<Record<string, ((event: never, row: never) => AnyRow) | null>>;
  }>;

/** The row after one more event; undefined where the event does not matter here. */
export function project<Row extends AnyRow>(
  projection: Pick<AnyProjection, 'on'> & Pick<Table<Row>, 'row'>,
  row: (Row & Progress) | undefined,
  event: Recorded,
): (Row & Progress) | undefined {
  const patch = projection.on[event.type] as
    ((event: Recorded, row: Row | undefined) => Partial<Row>) | null | undefined;
  if (!patch) return undefined;
  return { ...row, ...patch(event, row), revision: event.revision, position: event.position } as Row & Progress;
}
