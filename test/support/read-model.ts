import type { Position, Recorded } from '../../src/event-sourcing/fact.js';
import { tablesOf } from '../../src/event-sourcing/projection.js';
import type { Checkpoint } from '../../src/event-sourcing/read-model.js';
import { NOTHING_TOLD, tallied } from '../../src/event-sourcing/tally.js';
import type { Kysely } from 'kysely';
import { Batch } from '../../src/infrastructure/projector/batch.js';
import type { AnyTables } from '../../src/infrastructure/read-model/sql-read-model.js';
import { checkpoints } from '../../src/infrastructure/read-model/tables.js';
import { readModel } from '../../src/users/users.module.js';
import type { TestDatabase } from './databases.js';

/** For those that are told no events. */
export const at = (position: Position): Checkpoint => ({ position, ...NOTHING_TOLD });

/** Tells a database the whole read model of these events, in batches of random size, with restarts now and then. */
export async function tellReadModel(
  database: TestDatabase,
  events: readonly Recorded[],
  random: () => number,
): Promise<void> {
  const tables = tablesOf(readModel);
  let writer = await database.writer();
  await writer.open(tables);
  let tally = NOTHING_TOLD;
  for (let told = 0; told < events.length;) {
    const batch = events.slice(told, told + 1 + Math.floor(random() * 40));
    told += batch.length;
    tally = tallied(tally, batch);
    const checkpoint = { position: batch.at(-1)?.position ?? 0n, ...tally };
    await writer.commit(await new Batch(writer).tell(readModel, batch), checkpoint);
    if (random() > 0.1) continue;
    writer = await database.writer();
    await writer.open(tables);
  }
  await writer.index(tables);
}

/** Of which events it was told, and every row of every projection, in an order of its own, as text: the same on every database. */
export async function dumpOf(db: Kysely<AnyTables>): Promise<string> {
  const tallies = await db.selectFrom(checkpoints.name).select(['events', 'chain']).execute();
  const lines = [JSON.stringify(tallies)];
  for (const { name } of tablesOf(readModel)) {
    const rows = await db.selectFrom(name).selectAll().orderBy('key').execute();
    lines.push(name);
    for (const row of rows) lines.push(JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
  }
  return lines.join('\n');
}
