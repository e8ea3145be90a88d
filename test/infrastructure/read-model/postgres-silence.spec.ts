import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { answered } from '../../../src/infrastructure/read-model/answered.js';
import { PostgresNews } from '../../../src/infrastructure/read-model/postgres-news.js';
import { onPool, openPool } from '../../../src/infrastructure/read-model/postgres.js';
import type { AnyTables } from '../../../src/infrastructure/read-model/sql-read-model.js';
import { SCHEMA } from '../../../src/infrastructure/read-model/tables.js';
import { silent } from '../../support/databases.js';
import { eventually } from '../../support/load.js';
import { SilentPostgres } from '../../support/silent-postgres.js';

const WITHIN_MS = 100;
/** What the grace and a slow machine add. */
const SOON_MS = 3_000;

let server: SilentPostgres;
let db: Kysely<AnyTables>;

const ask = (on = db) => sql`select 1`.execute(on);
/** With how long it took. */
async function timed<T>(what: Promise<T>): Promise<{ ms: number; result: T }> {
  const began = performance.now();
  const result = await what;
  return { result, ms: performance.now() - began };
}
const refused = (what: Promise<unknown>) =>
  timed(what.then(String, (error: unknown) => (error as { code?: string }).code ?? String(error)));

describe('a PostgreSQL that takes statements and answers none', () => {
  beforeEach(async () => {
    server = await SilentPostgres.start();
    db = onPool(openPool(server.url, 1, silent, { withinMs: WITHIN_MS }));
  });
  afterEach(async () => {
    await db.destroy();
    await server.stop();
  });

  it('is given up on in time, and its connection is not used again', async () => {
    await ask();
    server.forget();
    const { result, ms } = await refused(ask());
    expect(result).toBe('ETIMEDOUT');
    expect(ms).toBeLessThan(SOON_MS);
    expect((await ask()).rows).toEqual([]);
    expect(server.connections).toBe(2);
  });

  it('is unavailable to whoever reads', async () => {
    await ask();
    server.forget();
    expect((await refused(answered(ask()))).result).toBe('read-model-unavailable');
  });

  it('fails a transaction once, and nothing is sent after it', async () => {
    await ask();
    server.forget();
    const transaction = db.transaction().execute((inside) => ask(inside as Kysely<AnyTables>));
    const { result, ms } = await refused(transaction);
    expect(result).toBe('ETIMEDOUT');
    expect(ms).toBeLessThan(SOON_MS);
    expect(server.asked.slice(1)).toEqual(['begin']);
  });

  it('makes indexes for as long as it takes', async () => {
    await ask();
    server.forget();
    const making = refused(sql`create index if not exists x on y (z)`.execute(db));
    // Another pool's statement has been given up on meanwhile.
    const other = onPool(openPool(server.url, 1, silent, { withinMs: WITHIN_MS }));
    await ask(other);
    server.forget();
    await refused(ask(other));
    await other.destroy();
    expect(server.asked.at(-3)).toMatch(/^create index/);
    const first = await Promise.race([making, refused(Promise.resolve('still at it'))]);
    expect(first.result).toBe('still at it');
    await server.stop();
    expect((await making).result).toBe('ECONNRESET');
    server = await SilentPostgres.start();
  });

  it('is a fault of the database also to those who wait for a connection in vain', async () => {
    await ask();
    server.silent = true;
    const slow = onPool(openPool(server.url, 1, silent, { withinMs: 30_000 }));
    const { result, ms } = await refused(ask(slow));
    expect(result).toBe('ETIMEDOUT');
    expect(ms).toBeLessThan(5_000 + SOON_MS);
    await slow.destroy();
  }, 15_000);

  it('does not keep those who leave', async () => {
    await ask();
    const news = new PostgresNews(server.url, SCHEMA, silent);
    news.listen();
    await eventually('it listens', () => server.asked.some((statement) => statement.startsWith('listen')));
    server.silent = true;
    expect((await timed(Promise.all([news.close(), db.destroy()]))).ms).toBeLessThan(SOON_MS);
    db = onPool(openPool(server.url, 1, silent));
  });

  it('is noticed by those who only listen, and listened to anew', async () => {
    const said: string[] = [];
    const log = { ...silent, warn: (fields: object, message: string) => said.push(message + JSON.stringify(fields)) };
    const news = new PostgresNews(server.url, SCHEMA, log, WITHIN_MS);
    try {
      news.listen();
      const listens = () => server.asked.filter((statement) => statement.startsWith('listen')).length;
      await eventually('it listens', () => listens() === 1);
      server.forget();
      await eventually('it listens anew', () => listens() === 2);
      expect(said[0]).toMatch(/^commits are not heard of; listening again.*ETIMEDOUT/);
    } finally {
      await news.close();
    }
  });
});
