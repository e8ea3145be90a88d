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
    await this.load(projections, events);
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
    at(this.rows, projection).set(key, row);
    at(this.changed, projection).set(key, row);
  }

  private async chronicle(chronicle: AnyChronicle, event: Recorded): Promise<void> {
    const tell = chronicle.on[event.type] as
      ((event: Recorded, around: Around) => Promise<readonly Entry[]>) | null | undefined;
    if (!tell) return;
    const changed = at(this.changed, chronicle);
    for (const { key, row } of await tell(event, this.around)) changed.set(key, row as Stored<AnyRow>);
  }

  /** What the events' own rows were before them, all in one go. */
  private async load(projections: readonly AnyProjection[], events: readonly Recorded[]): Promise<void> {
    const wanted = projections
      .map((table) => ({ table, keys: keysOf(table, events) }))
      .filter(({ keys }) => keys.length > 0);
    if (wanted.length === 0) return;
    const found = await this.readModel.load(wanted);
    for (const [i, { table, keys }] of wanted.entries()) {
      const rows = at(this.rows, table);
      for (const key of keys) rows.set(key, found[i]?.get(key));
    }
  }

  private async get(table: Table, key: string): Promise<Row> {
    const rows = at(this.rows, table);
    if (!rows.has(key)) rows.set(key, (await this.readModel.load([{ table, keys: [key] }]))[0]?.get(key));
    return rows.get(key);
  }
}

const keyOf = (projection: AnyProjection, event: Recorded): string | undefined =>
  projection.on[event.type] ? (projection.key as (event: Recorded) => string | undefined)(event) : undefined;

function keysOf(projection: AnyProjection, events: readonly Recorded[]): string[] {
  const keys = new Set<string>();
  for (const event of events) {
    const key = keyOf(projection, event);
    if (key !== undefined) keys.add(key);
  }
  return [...keys];
}

function at<V>(tables: Map<Table, Map<string, V>>, table: Table): Map<string, V> {
  const known = tables.get(table);
  if (known) return known;
  const rows = new Map<string, V>();
  tables.set(table, rows);
  return rows;
}
