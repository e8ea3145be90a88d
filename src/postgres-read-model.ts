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
import { PostgresReadModelWriter } from './infrastructure/read-model/postgres-writer.js';
import { onPool, openPool, prepareSchema } from './infrastructure/read-model/postgres.js';
import type { AnyTables } from './infrastructure/read-model/sql-read-model.js';
import { checkpoints, createTable } from './infrastructure/read-model/tables.js';
import type { OpenReadModel } from './read-model.js';
import type { Settings } from './settings.js';
import { readModel } from './users/users.module.js';

const READY_WITHIN_MS = 60_000;
/** A statement that a request waits for; one that a request does not wait for, such as a batch of thousands of events. */
const REQUEST_WITHIN_MS = 5_000;
const TELLING_WITHIN_MS = 10_000;
/** What tells the read model, and keeps notes; and what must not wait behind it. */
const TELLING_CONNECTIONS = 4;
const LEASE_CONNECTIONS = 2;
/** Who tells the read model. */
export const PROJECTING = 'read-model';

type Wanted = Pick<Settings, 'databasePoolSize' | 'databaseLeaseMs'> & Readonly<{ databaseUrl: string }>;

/** The read model that processes share, in PostgreSQL. @throws DatabaseUnavailable | AnotherSecret */
export async function openPostgresReadModel(wanted: Wanted, secret: Uint8Array, log: Log): Promise<OpenReadModel> {
  const { databaseUrl: url, databasePoolSize, databaseLeaseMs: leaseMs } = wanted;
  const open = (size: number, withinMs: number): Kysely<AnyTables> => onPool(openPool(url, size, log, withinMs));
  const telling = open(TELLING_CONNECTIONS, TELLING_WITHIN_MS);
  const asking = open(databasePoolSize, REQUEST_WITHIN_MS);
  // Half its time leaves a holder the other half to ask on another connection, should this one alone be silent.
  const leasing = open(LEASE_CONNECTIONS, leaseMs / 2);
  const news = new PostgresNews(url, log);
  const close = async (): Promise<void> => {
    await news.close();
    await Promise.all([telling, asking, leasing].map((db) => db.destroy()));
  };
  try {
    await databaseReady(telling, READY_WITHIN_MS, log);
    await prepareSchema(telling);
    await createTable(telling, checkpoints);
    await openLeases(telling);
    await openNotebooks(telling);
    await agreeOnSecret(telling, secret);
  } catch (error) {
    await close();
    throw error;
  }
  const lease = (name: string): PostgresLease => new PostgresLease(leasing, name, leaseMs);
  const shared: SharedReadModel = {
    lease: lease(PROJECTING),
    writer: (token) => new PostgresReadModelWriter(telling, { name: PROJECTING, token }),
    since: (tables, after) => changesSince(telling, tables, after),
    news: (withinMs, signal) => news.next(withinMs, signal),
  };
  return {
    writing: asking,
    reading: asking,
    projecting: (events) => {
      news.listen();
      return new SharedProjector(readModel, events, shared, log);
    },
    shared: { lease, notebook: (name, token) => new PostgresNotebook(telling, { name, token }) },
    close,
  };
}
