import type { Recorded } from '../../event-sourcing/fact.js';
import {
  type AnyChronicle,
  type AnyProjection,
  type AnyRow,
  type Around,
  type Entry,
  project,
  type ReadModelShape,
  type Stored,
  type Table,
} from '../../event-sourcing/projection.js';
import type { Changes, ReadModelWriter } from '../../event-sourcing/read-model.js';

type Row = Stored<AnyRow> | undefined;

/** What a batch of events makes of the read model: the rows it leaves, on top of those there are. */
export class Batch {
  /** Rows as the batch has left them so far, by table and key. */
  private readonly rows = new Map<Table, Map<string, Row>>();
  private readonly changed = new Map<Table, Map<string, Stored<AnyRow>>>();
  /** What the event being told has replaced. */
  private readonly replaced = new Map<Table, Map<string, Row>>();
  private readonly around: Around = {
    before: async <R extends AnyRow>(table: Table<R>, key: string) => {
      const old = this.replaced.get(table);
      return (old?.has(key) ? old.get(key) : await this.get(table, key)) as Stored<R> | undefined;
    },
    after: async <R extends AnyRow>(table: Table<R>, key: string) =>
      (await this.get(table, key)) as Stored<R> | undefined,
  };

  constructor(private readonly readModel: ReadModelWriter) {}

  /** Tells the events, in order; resolves to what is to be written. */
  async tell({ projections, chronicles }: ReadModelShape, events: readonly Recorded[]): Promise<Changes[]> {
    for (const projection of projections) await this.load(projection, events);
    for (const event of events) {
      this.replaced.clear();
      for (const projection of projections) this.project(projection, event);
      for (const chronicle of chronicles) await this.chronicle(chronicle, event);
    }
    return [...this.changed].map(([table, rows]) => ({ table, rows }));
  }

  private project(projection: AnyProjection, event: Recorded): void {
    const key = keyOf(projection, event);
    if (key === undefined) return;
    const before = this.rows.get(projection)?.get(key);
    const row = project(projection, before, event);
    if (!row) return;
    at(this.replaced, projection).set(key, before);
    this.put(projection, { key, row });
  }

  private async chronicle(chronicle: AnyChronicle, event: Recorded): Promise<void> {
    const tell = chronicle.on[event.type] as
      ((event: Recorded, around: Around) => Promise<readonly Entry[]>) | null | undefined;
    if (tell) for (const entry of await tell(event, this.around)) this.put(chronicle, entry);
  }

  private put(table: Table, entry: Entry): void {
    const { key } = entry;
    const row = entry.row as Stored<AnyRow>;
    at(this.rows, table).set(key, row);
    at(this.changed, table).set(key, row);
  }

  private async load(projection: AnyProjection, events: readonly Recorded[]): Promise<void> {
    const keys = new Set<string>();
    for (const event of events) {
      const key = keyOf(projection, event);
      if (key !== undefined) keys.add(key);
    }
    if (keys.size === 0) return;
    const rows = at(this.rows, projection);
    for (const [key, row] of await this.readModel.load(projection, [...keys])) rows.set(key, row);
    for (const key of keys) if (!rows.has(key)) rows.set(key, undefined);
  }

  private async get(table: Table, key: string): Promise<Row> {
    const rows = at(this.rows, table);
    if (!rows.has(key)) rows.set(key, (await this.readModel.load(table, [key])).get(key));
    return rows.get(key);
  }
}

const keyOf = (projection: AnyProjection, event: Recorded): string | undefined =>
  projection.on[event.type] ? (projection.key as (event: Recorded) => string | undefined)(event) : undefined;

function at<V>(tables: Map<Table, Map<string, V>>, table: Table): Map<string, V> {
  const known = tables.get(table);
  if (known) return known;
  const rows = new Map<string, V>();
  tables.set(table, rows);
  return rows;
}
