import type { AnyRow, Table } from '../../event-sourcing/projection.js';
import { Rows, type Selection, type Stored, type Test } from '../../event-sourcing/read-model.js';
import { Room } from './room.js';

/** Of all connections, how many may read many rows of what is now, and how many of what has been. */
const SHARE = 0.4;

/**
 * Rows on connections that many share. Reads of many rows get a part of them, and those of history, which grows without
 * end, a part of their own: however many there are and however long they take, a row asked for by key finds a connection,
 * and a list does behind other lists at most. From three connections on, that is.
 */
export class BoundedRows extends Rows {
  private readonly single: Room;
  private readonly many: Room;
  private readonly ofHistory: Room;
  private readonly history: ReadonlySet<string>;

  /** @param history the tables that grow without end */
  constructor(
    private readonly rows: Rows,
    connections: number,
    history: readonly Table[],
  ) {
    super();
    const share = Math.max(1, Math.floor(connections * SHARE));
    [this.single, this.many, this.ofHistory] = [new Room(connections), new Room(share), new Room(share)];
    this.history = new Set(history.map(({ name }) => name));
  }

  override get<Row extends AnyRow>(table: Table<Row>, key: string): Promise<Stored<Row> | undefined> {
    return this.single.take(() => this.rows.get(table, key));
  }

  override findOne<Row extends AnyRow>(
    table: Table<Row>,
    column: keyof Row & string,
    value: string,
  ): Promise<Stored<Row> | undefined> {
    return this.single.take(() => this.rows.findOne(table, column, value));
  }

  override select<Row extends AnyRow>(table: Table<Row>, selection: Selection): Promise<readonly Stored<Row>[]> {
    return this.roomFor(table).take(() => this.rows.select(table, selection));
  }

  override count(table: Table, where: readonly Test[], atMost: number): Promise<number> {
    return this.roomFor(table).take(() => this.rows.count(table, where, atMost));
  }

  override isEmpty(table: Table): Promise<boolean> {
    return this.single.take(() => this.rows.isEmpty(table));
  }

  private roomFor({ name }: Table): Room {
    return this.history.has(name) ? this.ofHistory : this.many;
  }
}
