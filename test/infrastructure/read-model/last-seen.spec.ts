import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Log } from '../../../src/event-sourcing/log.js';
import { SqlLastSeen } from '../../../src/infrastructure/read-model/sql-last-seen.js';
import { databases, silent, type TestDatabase } from '../../support/databases.js';
import { eventually } from '../../support/load.js';

let database: TestDatabase;
let warnings: string[];
let seen: SqlLastSeen;
const at = (time: string) => new Date(`2026-01-02T${time}Z`);
const when = async (what = 'a') => (await seen.of([what])).get(what)?.slice(11);

describe.each(databases)('when something was last seen, in %s', (_, open) => {
  beforeEach(async () => {
    database = await open();
    warnings = [];
    const warn: Log['warn'] = (fields, message) => warnings.push(`${message} ${JSON.stringify(fields)}`);
    const log: Log = { info: () => undefined, error: () => undefined, warn };
    seen = new SqlLastSeen(database.db, log);
    await seen.open();
  });
  afterEach(() => database.close());

  it('tells when something was last seen, once a minute', async () => {
    expect([await when(), await seen.of([])]).toEqual([undefined, new Map()]);
    seen.note('a', at('03:04:05.678'));
    seen.note('a', at('03:05:05.677'));
    seen.note('b', at('03:04:30.000'));
    await eventually('both are written', async () => (await when()) && (await when('b')));
    expect([await when(), await when('b')]).toEqual(['03:04:05.678Z', '03:04:30.000Z']);
    seen.note('a', at('03:05:05.678'));
    await eventually('it is written again', async () => (await when()) === '03:05:05.678Z');
  });
  it('is there after a restart', async () => {
    seen.note('a', at('03:04:05.000'));
    await eventually('it is written', () => when());
    const again = new SqlLastSeen(database.db, silent);
    await again.open();
    expect((await again.of(['a'])).size).toBe(1);
  });
  it('fails nobody where it cannot be written', async () => {
    await database.db.schema.dropTable('lastSeen').execute();
    seen.note('a', at('03:04:05.000'));
    // By its code: a native module's error may come from another of Jest's realms.
    await expect(when()).rejects.toMatchObject({ code: expect.stringMatching(/^(SQLITE_ERROR|42P01)$/) });
    await eventually('it is said', () => warnings.length > 0);
    expect(warnings).toEqual([expect.stringMatching(/ \{"fault":"(SQLITE_ERROR|42P01)"\}$/)]);
  });
});
