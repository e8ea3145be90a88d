import type { AnyFact, Position, Recorded, Revision } from './fact.js';

/** What a column holds; every database stores all four the same way. `?` allows null. */
export type ColumnKind = 'text' | 'text?' | 'integer' | 'boolean';
export type RowValue = string | number | boolean | null;
export type AnyRow = Readonly<Record<string, RowValue>>;

type KindOf<V> = null extends V ? 'text?' : V extends boolean ? 'boolean' : V extends number ? 'integer' : 'text';

/** What a row's columns are called, and what they hold. */
export type ColumnsOf<Row> = { readonly [K in keyof Row]: KindOf<Row[K]> };

/** What every row carries besides its own columns: the last event told in it. */
export type Progress = Readonly<{ revision: Revision; position: Position }>;

/** A stored row: its own columns, and the last event told in it. */
export type Stored<Row> = Row & Progress;

/** A table of rows, as the database needs to know it. */
export type Table<Row extends AnyRow = AnyRow> = Readonly<{
  /** Version included: a new row shape is a new name. */
  name: string;
  columns: Readonly<Record<string, ColumnKind>>;
  /** What rows are looked up by, apart from the key: each index is one or more columns, of `position` and `key` too. */
  indexes: readonly (readonly string[])[];
  /** Never set: tells the compiler what a row looks like. */
  row?: Row;
}>;

/**
 * A map from event to row patch. Complete by type: a new event does not compile until every projection answers it;
 * `null` answers that it does not matter here. Pure: no clock, no randomness, so that a rebuild gives the same rows.
 */
export type Projection<E extends AnyFact, Row extends AnyRow> = Table<Row> &
  Readonly<{
    columns: ColumnsOf<Row>;
    /** The primary key; undefined where the event does not matter here. */
    key: (event: Recorded<E>) => string | undefined;
    on: {
      readonly [T in E['type']]:
        ((event: Recorded<Extract<E, { type: T }>>, row: Row | undefined) => Partial<Row>) | null;
    };
  }>;

/** The rows of all projections around one event: as they were before it, and as it left them. */
export type Around = Readonly<{
  before: <Row extends AnyRow>(table: Table<Row>, key: string) => Promise<Stored<Row> | undefined>;
  after: <Row extends AnyRow>(table: Table<Row>, key: string) => Promise<Stored<Row> | undefined>;
}>;

/** A whole row, to be stored under a key. */
export type Entry = Readonly<{ key: string; row: Readonly<Record<string, RowValue | bigint>> & Progress }>;

/**
 * Rows told from an event and from what the projections make of it: what changed from what to what. As complete by type
 * and as pure as a projection. One event may write several rows.
 */
export type Chronicle<E extends AnyFact, Row extends AnyRow> = Table<Row> &
  Readonly<{
    columns: ColumnsOf<Row>;
    on: {
      readonly [T in E['type']]:
        ((event: Recorded<Extract<E, { type: T }>>, around: Around) => Promise<readonly Entry[]>) | null;
    };
  }>;

/** A projection as the projector handles it, of whatever events and rows. */
export type AnyProjection = Table &
  Readonly<{
    key: (event: never) => string | undefined;
    on: Readonly<Record<string, ((event: never, row: never) => AnyRow) | null>>;
  }>;

/** A chronicle as the projector handles it. */
export type AnyChronicle = Table &
  Readonly<{ on: Readonly<Record<string, ((event: never, around: Around) => Promise<readonly Entry[]>) | null>> }>;

/** Everything the projector tells, and of which streams. Built as one: a new shape of any part builds all of it anew. */
export type ReadModelShape = Readonly<{
  streams: readonly string[];
  projections: readonly AnyProjection[];
  chronicles: readonly AnyChronicle[];
}>;

/** Every table of a read model. */
export const tablesOf = ({ projections, chronicles }: ReadModelShape): readonly Table[] => [
  ...projections,
  ...chronicles,
];

/** The row after one more event; undefined where the event does not matter here. */
export function project<Row extends AnyRow>(
  projection: Pick<AnyProjection, 'on'> & Pick<Table<Row>, 'row'>,
  row: Stored<Row> | undefined,
  event: Recorded,
): Stored<Row> | undefined {
  const patch = projection.on[event.type] as
    ((event: Recorded, row: Row | undefined) => Partial<Row>) | null | undefined;
  if (!patch) return undefined;
  return { ...row, ...patch(event, row), revision: event.revision, position: event.position } as Stored<Row>;
}
