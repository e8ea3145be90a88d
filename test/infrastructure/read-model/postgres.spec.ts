import { at } from '../../support/read-model.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { generate } from 'selfsigned';
import type { Log } from '../../../src/event-sourcing/log.js';
import type { AnyRow, Stored, Table } from '../../../src/event-sourcing/projection.js';
import { RowsRefused } from '../../../src/event-sourcing/read-model.js';
import { fencing, openLeases, PostgresLease } from '../../../src/infrastructure/read-model/postgres-lease.js';
import { PostgresNews } from '../../../src/infrastructure/read-model/postgres-news.js';
import { databaseReady } from '../../../src/infrastructure/read-model/postgres-ready.js';
import { PostgresReadModelWriter } from '../../../src/infrastructure/read-model/postgres-writer.js';
import { onPool, openPool, prepareSchemas } from '../../../src/infrastructure/read-model/postgres.js';
import type { AnyTables } from '../../../src/infrastructure/read-model/sql-read-model.js';
import { SCHEMA } from '../../../src/infrastructure/read-model/tables.js';
import { SqlRows } from '../../../src/infrastructure/read-model/sql-rows.js';
import { newDatabase, postgresUrl, silent } from '../../support/databases.js';
import { eventually } from '../../support/load.js';
import { startPostgres } from '../../support/postgres-server.mjs';

type Row = Readonly<{ name: string }>;
const table: Table<Row> = { name: 't-1', columns: { name: 'text' }, indexes: [['name']] };
const withPostgres = postgresUrl === undefined ? describe.skip : describe;

let database: Awaited<ReturnType<typeof newDatabase>>;
let db: Kysely<AnyTables>;
let said: string[];
const log: Log = { ...silent, warn: (fields, message) => said.push(`${message} ${JSON.stringify(fields)}`) };

/** Ends the other connections to the database, as an operator or a failover would. */
const endOthers = (): Promise<unknown> =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db);

async function makeDatabase(): Promise<void> {
  database = await newDatabase(postgresUrl ?? '');
  db = onPool(openPool(database.url, 4, silent));
  await prepareSchemas(db);
  await openLeases(db);
}

async function dropDatabase(): Promise<void> {
  await db.destroy();
  await database.drop();
}

withPostgres('a PostgreSQL that is shared with others (skipped where there is none)', () => {
  beforeEach(() => {
    said = [];
  });
  beforeEach(makeDatabase);
  afterEach(dropDatabase);

  it('ends idle connections, and nobody notices', async () => {
    const other = onPool(openPool(database.url, 4, log));
    await Promise.all([1, 2, 3].map(() => sql`select pg_sleep(0.05)`.execute(other)));
    await endOthers();
    await eventually('it is said', () => said.length === 3);
    expect(said[0]).toMatch(/connection to the database has broken.*57P01/);
    expect((await sql`select 1 as one`.execute(other)).rows).toEqual([{ one: 1 }]);
    await other.destroy();
  });

  it('is given up on where a statement takes too long', async () => {
    const other = onPool(openPool(database.url, 1, silent, { withinMs: 50 }));
    await expect(sql`select pg_sleep(5)`.execute(other)).rejects.toMatchObject({ code: '57014' });
    await other.destroy();
  });

  it('takes options of the address, and has its tables where they belong all the same', async () => {
    for (const options of ['-c work_mem=5MB', '-c work_mem=5MB -c search_path=public']) {
      const url = `${database.url}?sslmode=disable&options=${encodeURIComponent(options)}&application_name=x`;
      const other = onPool(openPool(url, 1, silent, { schema: 'theirs' }));
      const shown = await sql`select current_setting('search_path') as path, current_setting('work_mem') as memory,
        current_setting('application_name') as name`.execute(other);
      expect(shown.rows).toEqual([{ path: 'theirs,user_ledger', memory: '5MB', name: 'x' }]);
      await other.destroy();
    }
  });

  it('leaves tables of others alone, that are called as ours are', async () => {
    await sql`create table public."orders-2024" (x text)`.execute(db);
    await (await writer()).open([table]);
    await (await writer()).open([{ ...table, name: 'u-2' }]);
    const names = (await db.introspection.getTables()).map(({ name }) => name).sort();
    expect(names).toEqual(['checkpoints', 'lease', 'orders-2024', 'u-2']);
  });

  it('orders text by its bytes, though the database does not', async () => {
    const names = ['b', 'B', 'a', 'A', 'é', 'e', 'z', 'Zoë', '_', '-', '\u{1F600}', '\uFFFD', ''];
    const current = await writer();
    await current.open([table]);
    const rows = new Map(names.map((name) => [name, row(name)]));
    await current.commit([{ table, rows }], at(1n));
    await current.index([table]);
    const found = await new SqlRows(db).select(table, { where: [], order: ['name'], limit: 100 });
    const byBytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(found.map(({ name }) => name)).toEqual(byBytes);
    const { rows: theirs } = await sql<{ a: boolean }>`select 'a'::text < 'B'::text as a`.execute(db);
    expect(theirs).toEqual([{ a: true }]);
  });

  it('asks for no index again, which would wait for whoever tidies the table', async () => {
    const current = await writer();
    await current.open([table]);
    await current.index([table]);
    // As VACUUM and ANALYZE do.
    await db.transaction().execute(async (tidying) => {
      await sql`lock table ${sql.id(table.name)} in share update exclusive mode`.execute(tidying);
      await current.index([table]);
    });
    const { rows } = await sql<{ name: string }>`select indexname as name from pg_indexes
      where tablename = ${table.name} order by 1`.execute(db);
    expect(rows.map(({ name }) => name)).toEqual([
      `${table.name}-name`,
      `${table.name}-position`,
      `${table.name}_pkey`,
    ]);
  });

  it('keeps no NUL: that is a fault of the event, not of the database', async () => {
    const current = await writer();
    await current.open([table]);
    const rows = new Map([['x', row('a\0b')]]);
    await expect(current.commit([{ table, rows }], at(1n))).rejects.toBeInstanceOf(RowsRefused);
    await expect(current.load([{ table, keys: ['a\0b'] }])).rejects.toBeInstanceOf(RowsRefused);
  });
});

const row = (name: string, position = 1n) => ({ name, revision: 0n, position }) as unknown as Stored<AnyRow>;
const leaseOf = (ms = 60_000): PostgresLease => new PostgresLease(db, 'read-model', ms);
async function writer(): Promise<PostgresReadModelWriter> {
  const lease = leaseOf();
  const token = (await lease.hold('')) ?? 0n;
  await lease.release();
  return new PostgresReadModelWriter(db, { name: 'read-model', token });
}

withPostgres('a lease (skipped where there is no PostgreSQL)', () => {
  beforeEach(makeDatabase);
  afterEach(dropDatabase);

  it('has one holder, until it is let go of or its time is over, and each under a token of its own', async () => {
    const [a, b, c] = [leaseOf(), leaseOf(100), leaseOf()];
    expect([await a.hold('live'), await b.hold('x'), await a.hold('live')]).toEqual([1n, undefined, 1n]);
    expect(await b.look()).toEqual({ note: 'live', over: false });
    await a.release();
    expect([await b.hold('x'), await a.hold('x')]).toEqual([2n, undefined]);
    await eventually('its time is over', async () => (await c.look())?.over);
    expect([await c.hold('x'), await b.hold('x')]).toEqual([3n, undefined]);
  });
  it('is taken by one of many at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => leaseOf().hold('x')));
    expect(tokens.filter((token) => token !== undefined)).toEqual([1n]);
  });
  it('refuses all of what is written under an earlier holding', async () => {
    const [earlier, later] = [await writer(), await writer()];
    await expect(earlier.open([table])).rejects.toMatchObject({ code: 'ELEASELOST' });
    await later.open([table]);
    await later.commit([{ table, rows: new Map([['x', row('later', 2n)]]) }], at(2n));
    const zombie = new PostgresReadModelWriter(db, { name: 'read-model', token: 1n });
    Object.assign(zombie, { shape: (later as unknown as { shape: string }).shape });
    const rows = new Map([
      ['x', row('earlier', 3n)],
      ['y', row('earlier', 3n)],
    ]);
    await expect(zombie.commit([{ table, rows }], at(3n))).rejects.toMatchObject({ code: 'ELEASELOST' });
    const kept = await new SqlRows(db).select(table, { where: [], order: ['key'], limit: 10 });
    expect(kept.map(({ name }) => name)).toEqual(['later']);
    expect(await later.open([table])).toEqual(at(2n));
  });
  it('is not taken while something is being written under it', async () => {
    const a = leaseOf(1);
    const token = (await a.hold('x')) ?? 0n;
    let taken: bigint | undefined;
    let taking: Promise<unknown> = Promise.resolve();
    await db.transaction().execute(async (transaction) => {
      await fencing({ name: 'read-model', token }).execute(transaction);
      taking = leaseOf()
        .hold('y')
        .then((found) => (taken = found));
      await sql`select pg_sleep(0.2)`.execute(transaction);
      expect(taken).toBeUndefined();
    });
    await taking;
    expect(taken).toBe(2n);
  });
});

withPostgres('word of commits (skipped where there is no PostgreSQL)', () => {
  it('is heard, also after the connection it came by was ended', async () => {
    database = await newDatabase(postgresUrl ?? '');
    db = onPool(openPool(database.url, 4, silent));
    said = [];
    const news = new PostgresNews(database.url, SCHEMA, log);
    const { signal } = new AbortController();
    const told = async (): Promise<boolean> => {
      const began = performance.now();
      await news.next(5_000, signal);
      return performance.now() - began < 4_500;
    };
    try {
      news.listen();
      expect(await told()).toBe(true); // it listens
      for (let round = 0; round < 3; round++) {
        const waiting = told();
        await sql`select pg_notify(${SCHEMA}, '1')`.execute(db);
        expect(await waiting).toBe(true);
        const again = told();
        await endOthers();
        expect(await again).toBe(true); // something may have been missed
      }
      expect(said[0]).toMatch(/listening again/);
    } finally {
      await news.close();
      await db.destroy();
      await database.drop();
    }
  });
});

withPostgres('at the start (skipped where there is no PostgreSQL)', () => {
  let dir: string;
  let server: Awaited<ReturnType<typeof startPostgres>>;
  const ready = async (url: string, withinMs = 10_000): Promise<void> => {
    said = [];
    const pool = onPool(openPool(url, 1, silent));
    try {
      await databaseReady(pool, withinMs, log);
    } finally {
      await pool.destroy();
    }
  };
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'user-ledger-tls-'));
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    writeFileSync(join(dir, 'ca.pem'), made.cert);
    server = await startPostgres(['ssl=on'], { 'server.crt': made.cert, 'server.key': made.private });
  }, 30_000);
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  it('speaks TLS, and only to whom it should', async () => {
    const url = (query: string, host = 'localhost'): string =>
      `postgres://postgres@${host}:${server.port}/postgres?${query}`;
    const ca = `sslrootcert=${encodeURIComponent(join(dir, 'ca.pem'))}`;
    await ready(url(`sslmode=verify-full&${ca}`));
    await ready(url(`sslmode=verify-ca&${ca}`, '127.0.0.1'));
    await ready(url('sslmode=require', '127.0.0.1'));
    await expect(ready(url(`sslmode=verify-full&${ca}`, '127.0.0.1'))).rejects.toThrow(/127\.0\.0\.1/);
    await expect(ready(url('sslmode=verify-full'))).rejects.toThrow(/self-signed certificate/);
    const secured = onPool(openPool(url(`sslmode=verify-full&${ca}`), 1, silent));
    expect((await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(secured)).rows).toEqual([
      { ssl: true },
    ]);
    await secured.destroy();
  });
  it('is waited for, visibly, and not for ever', async () => {
    await server.halt('fast');
    await expect(ready(server.url, 600)).rejects.toThrow(/did not answer within 0.6 s/);
    expect(said[0]).toMatch(/^waiting for the database .*ECONNREFUSED/);
    const waiting = ready(server.url, 20_000);
    await server.start();
    await expect(waiting).resolves.toBeUndefined();
  });
  it('says at once what waiting would not mend, without the password', async () => {
    const wrong = `postgres://nobody:changeit@127.0.0.1:${server.port}/postgres`;
    const refused = await ready(wrong).catch((error: unknown) => error as Error);
    expect(String(refused)).toMatch(/DATABASE_URL: role "nobody" does not exist/);
    expect(String(refused)).not.toContain('changeit');
    await expect(ready(`${server.url}-not`)).rejects.toThrow(/database "postgres-not" does not exist/);
  });
});
