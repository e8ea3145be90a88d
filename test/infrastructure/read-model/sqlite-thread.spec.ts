import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type * as threaded from '../../../src/infrastructure/read-model/threaded-sqlite.js';

// A thread runs compiled code.
const compiled = pathToFileURL(resolve('dist/infrastructure/read-model/threaded-sqlite.js')).href;
const { openThreadedSqlite } = (await import(compiled)) as typeof threaded;

let dir: string;
let opened: ReturnType<typeof openThreadedSqlite>;
const sql = (text: string, ...parameters: unknown[]) => ({ sql: text, parameters });

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sqlite-thread-'));
  opened = openThreadedSqlite(join(dir, 'x.sqlite'));
  await opened.statements.transaction([sql('create table t (k text primary key, n bigint)')]);
});
afterEach(async () => {
  await opened.statements.close();
  rmSync(dir, { recursive: true });
});

const rows = async () => (await opened.statements.read([sql('select k, n from t order by k')]))[0];

describe('a database on a thread of its own', () => {
  it('does what is asked together in order, and answers statement by statement', async () => {
    const written = opened.statements.transaction([
      sql('insert into t values (?, ?)', 'a', 9_007_199_254_740_991n),
      sql('insert into t values (?, ?)', 'b', null),
    ]);
    const found = opened.statements.read([sql('select k from t order by k'), sql('select count(*) as c from t')]);
    await written;
    expect(await found).toEqual([[{ k: 'a' }, { k: 'b' }], [{ c: 2 }]]);
  });
  it('does all of a transaction or nothing, and goes on after one that failed', async () => {
    const failing = opened.statements.transaction([
      sql('insert into t values (?, ?)', 'a', 1),
      sql('insert into t values (?, ?)', 'a', 2),
    ]);
    await expect(failing).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    expect(await rows()).toEqual([]);
    await opened.statements.transaction([sql('insert into t values (?, ?)', 'a', 3)]);
    expect(await rows()).toEqual([{ k: 'a', n: 3 }]);
  });
  it('takes single statements of Kysely, with the number of rows they changed', async () => {
    const db = opened.db as unknown as import('kysely').Kysely<{ t: { k: string; n: number } }>;
    await db
      .insertInto('t')
      .values([
        { k: 'a', n: 1 },
        { k: 'b', n: 1 },
      ])
      .execute();
    const changed = await db.updateTable('t').set({ n: 2 }).executeTakeFirst();
    expect(changed.numUpdatedRows).toBe(2n);
    expect(await db.selectFrom('t').selectAll().orderBy('k').execute()).toEqual([
      { k: 'a', n: 2 },
      { k: 'b', n: 2 },
    ]);
    await expect(db.transaction().execute(() => Promise.resolve())).rejects.toThrow('sent as a whole');
  });
  it('says so where the thread dies with something under way, and is there again for the next', async () => {
    const { worker } = opened.statements as unknown as { worker: import('node:worker_threads').Worker };
    const lost = expect(
      opened.statements.read([
        sql('with recursive r(i) as (select 1 union all select i + 1 from r where i < 3000000) select max(i) from r'),
      ]),
    ).rejects.toMatchObject({ code: 'SQLITE_THREAD' });
    await worker.terminate();
    await lost;
    expect(await rows()).toEqual([]);
  });
});
