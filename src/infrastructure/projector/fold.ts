import { type AnyProjection, type AnyRow, type Progress, project } from '../../event-sourcing/projection.js';
import type { Position, Recorded } from '../../event-sourcing/fact.js';
import type { Changes, ReadModelWriter } from '../../event-sourcing/read-model.js';

/** What a projection makes of a batch: the rows it leaves, on top of those there are. Events seen before are passed over. */
export async function fold(
  projection: AnyProjection,
  events: readonly Recorded[],
  seen: Position | undefined,
  readModel: ReadModelWriter,
): Promise<Changes> {
  const keyOf = projection.key as (event: Recorded) => string | undefined;
  const told: { event: Recorded; key: string }[] = [];
  for (const event of events) {
    if ((seen !== undefined && event.position <= seen) || !projection.on[event.type]) continue;
    const key = keyOf(event);
    if (key !== undefined) told.push({ event, key });
  }
  const existing = await readModel.load(projection, [...new Set(told.map(({ key }) => key))]);
  const rows = new Map<string, AnyRow & Progress>();
  for (const { event, key } of told) {
    const row = project(projection, rows.get(key) ?? existing.get(key), event);
    if (row) rows.set(key, row);
  }
  return { table: projection, rows };
}
