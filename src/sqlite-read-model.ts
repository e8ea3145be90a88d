import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Log } from './event-sourcing/log.js';
import { Projector } from './infrastructure/projector/projector.js';
import { type AnyTables, SqlReadModelWriter } from './infrastructure/read-model/sql-read-model.js';
import { openSqlite } from './infrastructure/read-model/sqlite.js';
import { openThreadedSqlite } from './infrastructure/read-model/threaded-sqlite.js';
import type { OpenReadModel } from './read-model.js';
import { readModel } from './users/users.module.js';

/** The read model of this process alone: a file in the data directory. */
export function openSqliteReadModel(dataDir: string, log: Log): OpenReadModel {
  const file = join(dataDir, 'read-model.sqlite');
  const { db, statements } = openThreadedSqlite(file);
  const writing = db as Kysely<AnyTables>;
  const reading = openSqlite(file, 'reading') as Kysely<AnyTables>;
  return {
    writing,
    reading,
    readers: undefined,
    lasting: writing,
    projecting: (events) => new Projector(readModel, events, new SqlReadModelWriter(writing, statements), log),
    isHeard: () => true,
    shared: undefined,
    async close() {
      await writing.destroy();
      await statements.close();
      await reading.destroy();
    },
  };
}
