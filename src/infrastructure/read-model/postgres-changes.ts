import { type Kysely, sql } from 'kysely';
import type { Position } from '../../event-sourcing/fact.js';
import type { Table } from '../../event-sourcing/projection.js';
import type { Changes } from '../../event-sourcing/read-model.js';
import type { AnyTables } from './sql-read-model.js';
import { checkpoints, fromRaw, type RawRow, shapeOf } from './tables.js';

/** So many rows of a table at a time: a process that was paused under load may have missed any number. */
const ROWS_AT_ONCE = 1_000;

/** What was committed after a position, up to another; `whole` where that is all, and later rows are to be asked for otherwise. */
export type Since = Readonly<{ position: Position; changes: readonly Changes[]; whole: boolean }>;

/**
 * The rows that any process committed after a position, as of one moment, the oldest of them if they are many; without a
 * position, only how far it went. Undefined while nobody has told the read model in this shape.
 */
export function changesSince(
  db: Kysely<AnyTables>,
  tables: readonly Table[],
  after: Position | undefined,
  atOnce = ROWS_AT_ONCE,
): Promise<Since | undefined> {
  const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return snapshot.execute(async (transaction) => {
    const { rows } = await sql<RawRow>`select "position" from ${sql.id(checkpoints.name)}
      where "key" = ${shapeOf(tables)}`.execute(transaction);
    if (!rows[0]) return undefined;
    const position = BigInt(rows[0].position ?? 0);
    if (after === undefined || position <= after) return { position, changes: [], whole: true };
    for (let limit = atOnce; ; limit *= 2) {
      const found: Found[] = [];
      for (const table of tables) found.push({ table, rows: await rowsAfter(transaction, table, after, limit + 1) });
      const end = endOf(found, limit);
      if (end === undefined) return { position, changes: changesIn(found, position), whole: true };
      // Nothing is gained where one position alone has more rows than that.
      if (end > after) return { position: end, changes: changesIn(found, end), whole: false };
    }
  });
}

type Found = Readonly<{ table: Table; rows: readonly RawRow[] }>;

const rowsAfter = (db: Kysely<AnyTables>, table: Table, after: Position, limit: number): Promise<RawRow[]> =>
  db
    .selectFrom(table.name)
    .selectAll()
    .where('position', '>', after)
    .orderBy('position')
    .orderBy('key')
    .limit(limit)
    .execute();

/** Up to where the rows of all tables are there; undefined where they all are. */
function endOf(found: readonly Found[], limit: number): Position | undefined {
  let end: Position | undefined;
  for (const { rows } of found) {
    const next = rows[limit]; // one more than are wanted: those at its position may go on
    if (next && (end === undefined || BigInt(next.position ?? 0) <= end)) end = BigInt(next.position ?? 0) - 1n;
  }
  return end;
}

function changesIn(found: readonly Found[], end: Position): Changes[] {
  const changes = found.map(({ table, rows }) => {
    const upTo = rows.filter(({ position }) => BigInt(position ?? 0) <= end);
    return { table, rows: new Map(upTo.map((raw) => [String(raw.key), fromRaw(table, raw)])) };
  });
  return changes.filter((each) => each.rows.size > 0);
}
