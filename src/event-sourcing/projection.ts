import type { AnyFact, Position, Recorded, Revision } from './fact.js';

/** A row as stored: text, numbers and booleans, so that every database holds the same. */
export type RowValue = string | number | boolean | null;
export type AnyRow = Readonly<Record<string, RowValue>>;

/** What every row carries besides its own columns: how far its streams have been told. */
export type Progress = Readonly<{ revision: Revision; position: Position }>;

/**
 * A map from event to row patch. Complete by type: a new event does not compile until every projection answers it;
 * `null` answers that it does not matter here. Pure: no clock, no randomness, so that a rebuild gives the same rows.
 */
export type Projection<E extends AnyFact, Row extends AnyRow> = Readonly<{
  /** Names the table, version included: a new row shape is a new name, which replays from the start. */
  name: string;
  /** The primary key. */
  key: (event: Recorded<E>) => string;
  on: {
    readonly [T in E['type']]:
      | ((event: Recorded<Extract<E, { type: T }>>, row: Row | undefined) => Partial<Row>)
      | null;
  };
}>;

/** A projection as the projector runs it, of whatever events and rows. */
export type AnyProjection = Readonly<{
  name: string;
  key: (event: Recorded<never>) => string;
  on: Readonly<Record<string, ((event: never, row: never) => AnyRow) | null>>;
}>;
