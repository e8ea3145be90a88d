import type { Kysely } from 'kysely';
import type { EventStore } from './event-sourcing/event-store.js';
import type { FencingToken, Lease } from './event-sourcing/lease.js';
import type { Log } from './event-sourcing/log.js';
import type { Notebook } from './event-sourcing/notebook.js';
import type { Projecting } from './infrastructure/projector/projecting.js';
import type { AnyTables } from './infrastructure/read-model/sql-read-model.js';
import { openPostgresReadModel } from './postgres-read-model.js';
import type { Settings } from './settings.js';
import { openSqliteReadModel } from './sqlite-read-model.js';

/** A read model that is open, in whatever database. */
export type OpenReadModel = Readonly<{
  writing: Kysely<AnyTables>;
  reading: Kysely<AnyTables>;
  /** How many read at once; undefined where they read one after the other, and none has to wait for another. */
  readers: number | undefined;
  /** For what no event tells, and so no rebuild would bring back. */
  lasting: Kysely<AnyTables>;
  /** What tells it all events, or follows those who do. Not started yet. */
  projecting: (events: EventStore) => Projecting;
  /** Whether the database has answered lately. It costs nothing to ask. */
  isHeard: () => boolean;
  /** What other processes share; undefined where none does. */
  shared: Shared | undefined;
  close: () => Promise<void>;
}>;

/** What takes turns among the processes that share a database. */
type Shared = Readonly<{
  lease: (name: string) => Lease;
  /** Notes that only the holder of a lease can write. */
  notebook: <T>(name: string, token: FencingToken) => Notebook<T>;
}>;

/** @throws DatabaseUnavailable | AnotherSecret */
export const openReadModel = (settings: Settings, secret: Uint8Array, log: Log): Promise<OpenReadModel> =>
  settings.databaseUrl === undefined
    ? Promise.resolve(openSqliteReadModel(settings.dataDir, log))
    : openPostgresReadModel({ ...settings, databaseUrl: settings.databaseUrl }, secret, log);
