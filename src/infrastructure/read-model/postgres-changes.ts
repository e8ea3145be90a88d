import { type Kysely, sql } from 'kysely';
import type { Position } from '../../event-sourcing/fact.js';
import type { Table } from '../../event-sourcing/projection.js';
import type { Changes } from '../../event-sourcing/read-model.js';
import type { AnyTables } from './sql-read-model.js';
import { checkpoints, fromRaw, type RawRow, shapeOf } from './tables.js';

/** What was committed after a position, and how far that went. */
export type Since = Readonly<{ position: Position; changes: readonly Changes[] }>;

/**
 * The rows that any process committed after a position, as of one moment; without a position, only how far it went.
 * Undefined while nobody has told the read model in this shape.
 */
export function changesSince(
  db: Kysely<AnyTables>,
  tables: readonly Table[],
  after: Position | undefined,
): Promise<Since | undefined> {
  const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return snapshot.execute(async (transaction) => {
    const { rows } = await sql<RawRow>`select "position" from ${sql.id(checkpoints.name)}
      where "key" = ${shapeOf(tables)}`.execute(transaction);
    if (!rows[0]) return undefined;
    const position = BigInt(rows[0].position ?? 0);
    if (after === undefined || position <= after) return { position, changes: [] };
    const changes: Changes[] = [];
    for (const table of tables) changes.push(await changesOf(transaction, table, after));
    return { position, changes: changes.filter((each) => each.rows.size > 0) };
  });
}

async function changesOf(db: Kysely<AnyTables>, table: Table, after: Position): Promise<Changes> {
  const found = await db
    .selectFrom(table.name)
    .selectAll()
    .where('position', '>', after)
    .orderBy('position')
    .orderBy('key')
    .execute();
  return { table, rows: new Map(found.map((raw) => [String(raw.key), fromRaw(table, raw)])) };
}
