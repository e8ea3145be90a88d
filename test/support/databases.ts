import { randomUUID } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import type { Kysely } from 'kysely';
import pg from 'pg';
import type { Log } from '../../src/event-sourcing/log.js';
import type { ReadModelWriter } from '../../src/event-sourcing/read-model.js';
import { openLeases, PostgresLease } from '../../src/infrastructure/read-model/postgres-lease.js';
import { PostgresReadModelWriter } from '../../src/infrastructure/read-model/postgres-writer.js';
import { onPool, openPool, prepareSchemas } from '../../src/infrastructure/read-model/postgres.js';
import { type AnyTables, SqlReadModelWriter } from '../../src/infrastructure/read-model/sql-read-model.js';
import { openSqlite } from '../../src/infrastructure/read-model/sqlite.js';
import { checkpoints, createTable } from '../../src/infrastructure/read-model/tables.js';

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A PostgreSQL to make databases in; undefined where there is none. */
export const postgresUrl = [process.env.TEST_DATABASE_URL, process.env.TEST_POSTGRES_URL].find(Boolean);

/** An empty database, and what writes the read model into it; gone when it is closed. */
export type TestDatabase = Readonly<{
  db: Kysely<AnyTables>;
  writer: () => Promise<ReadModelWriter>;
  close: () => Promise<void>;
}>;

/** Every database that the read model is kept in, by name: PGlite stands in where there is no PostgreSQL. */
export const databases: readonly [string, () => Promise<TestDatabase>][] = [
  ['SQLite', openTestSqlite],
  postgresUrl === undefined
    ? ['PGlite, for there is no PostgreSQL here', openPglite]
    : ['PostgreSQL', () => openTestPostgres(postgresUrl)],
];

/** Gone when it is closed. */
export function openTestSqlite(): Promise<TestDatabase> {
  const db = openSqlite(':memory:') as Kysely<AnyTables>;
  const writer = (): Promise<ReadModelWriter> => Promise.resolve(new SqlReadModelWriter(db));
  return Promise.resolve({ db, writer, close: () => db.destroy() });
}

async function openTestPostgres(url: string): Promise<TestDatabase> {
  const { url: own, drop } = await newDatabase(url);
  const db = onPool(openPool(own, 4, silent));
  await prepareSchemas(db);
  return {
    ...{ db, writer: writerOn(db) },
    async close() {
      await db.destroy();
      await drop();
    },
  };
}

/** Those that no test uses at the moment: to make one takes seconds. */
const idle: PGlite[] = [];

async function openPglite(): Promise<TestDatabase> {
  const pglite = idle.pop() ?? (await PGlite.create({ parsers: { 20: Number } }));
  const end = async (): Promise<void> => {
    await pglite.exec('drop schema user_ledger cascade');
    idle.push(pglite);
  };
  const client = {
    query: (sql: string, parameters: readonly unknown[]) =>
      pglite.query(sql, [...parameters]).then(({ rows, affectedRows = 0 }) => ({
        ...{ rows, rowCount: affectedRows, command: sql.split(' ', 1)[0]?.toUpperCase() },
      })),
    release: () => undefined,
  };
  // It has one connection: transactions wait for each other.
  let busy: Promise<void> = Promise.resolve();
  const connect = async () => {
    const before = busy;
    let release = (): void => undefined;
    busy = new Promise((resolve) => (release = resolve));
    await before;
    return { ...client, release };
  };
  const db = onPool({ connect, end } as never);
  await pglite.exec('create schema user_ledger; set search_path = user_ledger');
  await prepareSchemas(db);
  return { db, writer: writerOn(db), close: () => db.destroy() };
}

/** Each takes the lease anew: what the one before it writes from then on is refused. */
function writerOn(db: Kysely<AnyTables>): () => Promise<ReadModelWriter> {
  return async () => {
    await createTable(db, checkpoints);
    await openLeases(db);
    const lease = new PostgresLease(db, 'read-model', 60_000);
    const token = (await lease.hold('test')) ?? 0n;
    await lease.release();
    return new PostgresReadModelWriter(db, { name: 'read-model', token });
  };
}

/** Makes an empty database on a server; `name` where it is to be found again. */
export async function newDatabase(
  server: string,
  name = `test-${randomUUID()}`,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, `create database "${name}"`).catch((error: unknown) => {
    if ((error as { code?: string }).code !== '42P04') throw error;
  });
  return { url: url.href, drop: () => onServer(server, `drop database if exists "${name}" with (force)`) };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
