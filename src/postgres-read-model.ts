import type { Kysely } from 'kysely';
import type { Log } from './event-sourcing/log.js';
import { tablesOf } from './event-sourcing/projection.js';
import type { SharedReadModel } from './infrastructure/projector/shared-read-model.js';
import { SharedProjector } from './infrastructure/projector/shared-projector.js';
import { changesSince } from './infrastructure/read-model/postgres-changes.js';
import { HeardLease } from './infrastructure/read-model/heard-lease.js';
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
/** A statement that a request waits for; one that a request does not wait for, such as a batch of thousands of events. */
const REQUEST_WITHIN_MS = 5_000;
const TELLING_WITHIN_MS = 10_000;
/** What tells the read model; what is kept besides; and what must not wait behind either. */
const TELLING_CONNECTIONS = 2;
const LASTING_CONNECTIONS = 2;
const LEASE_CONNECTIONS = 2;
/** The schema of the tables as this version has them. */
export const VERSION = schemaOf(tablesOf(readModel));
/** Who tells the read model: of each version there is one. */
export const PROJECTING = leaseOf(VERSION);

type Wanted = Pick<Settings, 'databasePoolSize' | 'databaseLeaseMs'> & Readonly<{ databaseUrl: string }>;

/** The read model that processes share, in PostgreSQL. @throws DatabaseUnavailable | AnotherSecret */
export async function openPostgresReadModel(wanted: Wanted, secret: Uint8Array, log: Log): Promise<OpenReadModel> {
  const { databaseUrl: url, databasePoolSize, databaseLeaseMs: leaseMs } = wanted;
  const open = (size: number, wishes: ConnectionWishes): Kysely<AnyTables> => onPool(openPool(url, size, log, wishes));
  const telling = open(TELLING_CONNECTIONS, { schema: VERSION, withinMs: TELLING_WITHIN_MS });
  const asking = open(databasePoolSize, { schema: VERSION, withinMs: REQUEST_WITHIN_MS });
  const lasting = open(LASTING_CONNECTIONS, { withinMs: REQUEST_WITHIN_MS });
  // Half its time leaves a holder the other half to ask on another connection, should this one alone be silent.
  const leasing = open(LEASE_CONNECTIONS, { withinMs: leaseMs / 2 });
  const news = new PostgresNews(url, VERSION, log);
  const close = async (): Promise<void> => {
    await news.close();
    await Promise.all([telling, asking, lasting, leasing].map((db) => db.destroy()));
  };
  try {
    await databaseReady(telling, READY_WITHIN_MS, log);
    await prepareSchemas(lasting, VERSION);
    await createTable(telling, checkpoints);
    await openLeases(lasting);
    await openNotebooks(lasting);
    await agreeOnSecret(lasting, secret);
  } catch (error) {
    await close();
    throw error;
  }
  const lease = (name: string): PostgresLease => new PostgresLease(leasing, name, leaseMs);
  const projecting = new HeardLease(lease(PROJECTING));
  const shared: SharedReadModel = {
    lease: projecting,
    writer: (token) => new PostgresReadModelWriter(telling, { name: PROJECTING, token }),
    since: (tables, after) => changesSince(telling, tables, after),
    news: (withinMs, signal) => news.next(withinMs, signal),
  };
  return {
    writing: telling,
    reading: asking,
    readers: databasePoolSize,
    lasting,
    projecting: (events) => {
      news.listen();
      return new SharedProjector(readModel, events, shared, log);
    },
    isHeard: () => projecting.isHeard,
    shared: { lease, notebook: (name, token) => new PostgresNotebook(lasting, { name, token }) },
    close,
  };
}
