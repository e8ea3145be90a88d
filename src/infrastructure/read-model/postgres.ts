import { Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely';
import pg from 'pg';
import { faultOf } from '../../event-sourcing/fault.js';
import type { Log } from '../../event-sourcing/log.js';
import { created } from './created.js';
import { PostgresClient } from './postgres-client.js';
import { connectionSettings, type ConnectionWishes, STATEMENT_WITHIN_MS } from './postgres-settings.js';
import { cutWhenSilent, GRACE_MS, withCode } from './postgres-silence.js';
import type { AnyTables } from './sql-read-model.js';
import { SCHEMA } from './tables.js';

/** PostgreSQL's number of the type int8, which the driver would give as text. */
const INT8 = 20;

type TypeParsers = Pick<typeof pg.types, 'getTypeParser'>;

/** Numbers as SQLite gives them: what may be beyond 2^53 is kept as text. */
const types: TypeParsers = {
  getTypeParser: ((oid: never, format: never): unknown =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as TypeParsers['getTypeParser'],
};

/** A pool of connections. One that breaks while nobody uses it is said, and another takes its place (never thrown). */
export function openPool(url: string, size: number, log: Log, wishes: ConnectionWishes = {}): pg.Pool {
  const { withinMs = STATEMENT_WITHIN_MS } = wishes;
  const pool = new pg.Pool({ ...connectionSettings(url, wishes), Client: PostgresClient, max: size, types });
  pool.on('error', (error) => {
    log.warn({ fault: faultOf(error) }, 'a connection to the database has broken');
  });
  // The pool listens only while nobody has it: between two statements of a transaction, that would end the process.
  pool.on('connect', (client) => {
    cutWhenSilent(client, withinMs + GRACE_MS);
    client.on('error', () => undefined); // whatever is asked of it next is told
  });
  return pool;
}

/** Kysely on a pool, the driver's own or what looks like it. */
export function onPool(pool: PostgresPool): Kysely<AnyTables> {
  const connect: PostgresPool['connect'] = () =>
    pool.connect().catch((error: unknown) => {
      throw withCode(error);
    });
  return new Kysely({ dialect: new PostgresDialect({ pool: { connect, end: () => pool.end() } }) });
}

/**
 * Makes our schemas where there are none: the one that all versions share, with the collation that tables name (`binary`,
 * as SQLite calls what PostgreSQL calls C, so that text has the same order on both), and that of a version.
 *
 * @throws Error where the database keeps text otherwise than as UTF-8
 */
export async function prepareSchemas(db: Kysely<AnyTables>, ...ofVersion: readonly string[]): Promise<void> {
  const encoding = await sql<{ server_encoding: string }>`show server_encoding`.execute(db);
  if (encoding.rows[0]?.server_encoding !== 'UTF8') throw new Error('the database must have the encoding UTF8');
  for (const schema of [SCHEMA, ...ofVersion]) {
    const known = await sql`select from pg_namespace where nspname = ${schema}`.execute(db);
    if (known.rows.length === 0) await created(sql`create schema if not exists ${sql.id(schema)}`.execute(db));
  }
  await created(sql`create collation if not exists ${sql.id(SCHEMA, 'binary')} from "C"`.execute(db));
}
