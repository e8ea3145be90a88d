import { beforeEach, expect, it } from '@jest/globals';
import type { Kysely } from 'kysely';
import type { Log } from '../../../src/event-sourcing/log.js';
import { SqlLastSeen } from '../../../src/infrastructure/read-model/sql-last-seen.js';
import type { AnyTables } from '../../../src/infrastructure/read-model/sql-read-model.js';
import { openSqlite } from '../../../src/infrastructure/read-model/sqlite.js';

let db: Kysely<AnyTables>;
let warnings: string[];
let seen: SqlLastSeen;
const at = (time: string) => new Date(`2026-01-02T${time}Z`);
const when = async (what = 'a') => (await seen.of([what])).get(what)?.slice(11);

beforeEach(async () => {
  db = openSqlite(':memory:') as Kysely<AnyTables>;
  warnings = [];
  const log: Log = { info: () => undefined, error: () => undefined, warn: (_, message) => warnings.push(message) };
  seen = new SqlLastSeen(db, log);
  await seen.open();
});

it('tells when something was last seen, once a minute', async () => {
  expect([await when(), await seen.of([])]).toEqual([undefined, new Map()]);
  seen.note('a', at('03:04:05.678'));
  seen.note('a', at('03:05:05.677'));
  seen.note('b', at('03:04:30.000'));
  expect([await when(), await when('b')]).toEqual(['03:04:05.678Z', '03:04:30.000Z']);
  seen.note('a', at('03:05:05.678'));
  expect(await when()).toBe('03:05:05.678Z');
});
it('is there after a restart', async () => {
  seen.note('a', at('03:04:05.000'));
  await when();
  const again = new SqlLastSeen(db, { info: () => undefined, error: () => undefined, warn: () => undefined });
  await again.open();
  expect((await again.of(['a'])).size).toBe(1);
});
it('fails nobody where it cannot be written', async () => {
  await db.schema.dropTable('lastSeen').execute();
  seen.note('a', at('03:04:05.000'));
  // By its code: a native module's error may come from another of Jest's realms.
  await expect(when()).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
  await new Promise(setImmediate);
  expect(warnings).toHaveLength(1);
});
