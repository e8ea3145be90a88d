import type { Kysely } from 'kysely';
import type { Log } from './event-sourcing/log.js';
import type { SharedReadModel } from './infrastructure/projector/shared-read-model.js';
import { SharedProjector } from './infrastructure/projector/shared-projector.js';
import { changesSince } from './infrastructure/read-model/postgres-changes.js';
import { openLeases, PostgresLease } from './infrastructure/read-model/postgres-lease.js';
import { PostgresNews } from './infrastructure/read-model/postgres-news.js';
import { openNotebooks, PostgresNotebook } from './infrastructure/read-model/postgres-notebook.js';
import { databaseReady } from './infrastructure/read-model/postgres-ready.js';
import { agreeOnSecret } from './infrastructure/read-model/postgres-secret.js';
import type { ConnectionWishes } from './infrastructure/read-model/postgres-settings.js';
import { leaseOf } from './infrastructure/read-model/postgres-versions.js';
import { PostgresReadModelWriter } from './infrastructure/read-model/postgres-writer.js';
import { onPool, openPool, prepareSchemas } from './infrastructure/read-model/postgres.js';
import type { AnyTables } from './infrastructure/read-model/sql-read-model.js';
import { checkpoints, createTable, schemaOf } from './infrastructure/read-model/tables.js';
import type { OpenReadModel } from './read-model.js';
import type { Settings } from './settings.js';
import { readModel } from './users/users.module.js';

const READY_WITHIN_MS = 60_000;
/** What tells the read model; what is kept besides; and what must not wait behind either. */
const WRITING_CONNECTIONS = 2;
const LASTING_CONNECTIONS = 2;
const LEASE_CONNECTIONS = 2;
/** The schema of the tables as this version has them. */
export const VERSION = schemaOf([...readModel.projections, ...readModel.chronicles]);
/** Who tells the read model: of each version there is one. */
export const PROJECTING = leaseOf(VERSION);

type Wanted = Pick<Settings, 'databasePoolSize' | 'databaseLeaseMs'> & Readonly<{ databaseUrl: string }>;

/** The read model that processes share, in PostgreSQL. @throws DatabaseUnavailable | AnotherSecret */
export async function openPostgresReadModel(wanted: Wanted, secret: Uint8Array, log: Log): Promise<OpenReadModel> {
  const { databaseUrl: url, databasePoolSize, databaseLeaseMs: leaseMs } = wanted;
  const open = (size: number, wishes?: ConnectionWishes): Kysely<AnyTables> => onPool(openPool(url, size, log, wishes));
  const writing = open(WRITING_CONNECTIONS, { schema: VERSION });
  const reading = open(databasePoolSize, { schema: VERSION });
  const lasting = open(LASTING_CONNECTIONS);
  // A holder that is not answered within the time of its lease may not know that it has lost it.
  const leasing = open(LEASE_CONNECTIONS, { withinMs: leaseMs });
  const news = new PostgresNews(url, VERSION, log);
  const close = async (): Promise<void> => {
    await news.close();
    await Promise.all([writing, reading, lasting, leasing].map((db) => db.destroy()));
  };
  try {
    await databaseReady(writing, READY_WITHIN_MS, log);
    await prepareSchemas(lasting, VERSION);
    await createTable(writing, checkpoints);
    await openLeases(lasting);
    await openNotebooks(lasting);
    await agreeOnSecret(lasting, secret);
  } catch (error) {
    await close();
    throw error;
  }
  const lease = (name: string): PostgresLease => new PostgresLease(leasing, name, leaseMs);
  const shared: SharedReadModel = {
    lease: lease(PROJECTING),
    writer: (token) => new PostgresReadModelWriter(writing, { name: PROJECTING, token }),
    since: (tables, after) => changesSince(writing, tables, after),
    news: (withinMs, signal) => news.next(withinMs, signal),
  };
  return {
    writing,
    reading,
    lasting,
    projecting: (events) => {
      news.listen();
      return new SharedProjector(readModel, events, shared, log);
    },
    shared: { lease, notebook: (name, token) => new PostgresNotebook(lasting, { name, token }) },
    close,
  };
}
