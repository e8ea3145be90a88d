import type { Position, Recorded } from '../../event-sourcing/fact.js';
import { faultOf } from '../../event-sourcing/fault.js';
import type { Table } from '../../event-sourcing/projection.js';
import {
  type Changes,
  type Checkpoint,
  type Keys,
  ReadModelWriter,
  type RowsByKey,
  RowsRefused,
} from '../../event-sourcing/read-model.js';

/** The database failed, or could not be reached: no event is to blame, and it may be well in a moment. */
export class DatabaseFault extends Error {
  constructor(cause: unknown) {
    super(faultOf(cause), { cause });
  }
}

/**
 * A writer whose faults are the database's, whatever they look like: there is no end to what drivers, networks and
 * certificates can say. Only rows that are refused tell of the event that they were told from.
 */
export class BlamedWriter extends ReadModelWriter {
  constructor(private readonly writer: ReadModelWriter) {
    super();
  }

  override open(tables: readonly Table[], end?: Position): Promise<Checkpoint | undefined> {
    return blamed(this.writer.open(tables, end));
  }

  override index(tables: readonly Table[]): Promise<void> {
    return blamed(this.writer.index(tables));
  }

  override load(wanted: readonly Keys[]): Promise<readonly RowsByKey[]> {
    return blamed(this.writer.load(wanted));
  }

  override commit(changes: readonly Changes[], checkpoint: Checkpoint): Promise<void> {
    return blamed(this.writer.commit(changes, checkpoint));
  }
}

const blamed = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw error instanceof RowsRefused ? error : new DatabaseFault(error);
  });

/** Rethrows why an event cannot be told, with which one it is. */
export const blaming =
  ({ stream, revision }: Recorded) =>
  (fault: unknown): never => {
    if (fault instanceof DatabaseFault) throw fault;
    throw new Error(`event ${revision} of stream ${stream} cannot be told: ${String(fault)}`, { cause: fault });
  };
