import type { Kysely } from 'kysely';
import type { Recorded } from '../../src/event-sourcing/fact.js';
import { Batch } from '../../src/infrastructure/projector/batch.js';
import { type AnyTables, SqlReadModelWriter } from '../../src/infrastructure/read-model/sql-read-model.js';
import { openSqlite } from '../../src/infrastructure/read-model/sqlite.js';
import { readModel } from '../../src/users/users.module.js';

/** The whole read model in memory, told these events in batches of random size. */
export async function readModelOf(events: readonly Recorded[], random: () => number): Promise<Kysely<AnyTables>> {
  const db = openSqlite(':memory:') as Kysely<AnyTables>;
  const writer = new SqlReadModelWriter(db);
  const tables = [...readModel.projections, ...readModel.chronicles];
  await writer.open(tables);
  for (let told = 0; told < events.length;) {
    const batch = events.slice(told, told + 1 + Math.floor(random() * 40));
    told += batch.length;
    await writer.commit(await new Batch(writer).tell(readModel, batch), batch.at(-1)?.position ?? 0n);
  }
  await writer.index(tables);
  return db;
}
