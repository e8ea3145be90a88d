import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { openLeases, PostgresLease } from '../../../src/infrastructure/read-model/postgres-lease.js';
import { dropVersion, leaseOf, versionsIn } from '../../../src/infrastructure/read-model/postgres-versions.js';
import { databases, type TestDatabase } from '../../support/databases.js';

const [, [name, open] = ['', () => Promise.reject(new Error('no database'))]] = databases;
const VERSION = 'user_ledger_0123456789ab';
const CURRENT = 'user_ledger_ba9876543210';

let database: TestDatabase;
const anInstance = (): PostgresLease => new PostgresLease(database.db, leaseOf(VERSION), 60_000);
const start = () => sql`create schema ${sql.id(VERSION)}`.execute(database.db);
const drop = () => dropVersion(database.db, VERSION, CURRENT);
const listed = async () => (await versionsIn(database.db)).map(({ schema }) => schema);

describe(`versions in ${name}`, () => {
  beforeEach(async () => {
    database = await open();
    await openLeases(database.db);
    await start();
  });
  afterEach(async () => {
    await sql`drop schema if exists ${sql.id(VERSION)} cascade`.execute(database.db);
    await database.close();
  });

  it('that were dropped are not listed, and what told them before may not go on once they are told again', async () => {
    const paused = anInstance();
    const before = (await paused.hold('live')) ?? 0n;
    await paused.release();
    await drop();
    expect(await listed()).toEqual([]);
    await start();
    expect(await anInstance().hold('catching up')).toBeGreaterThan(before);
    expect(await listed()).toEqual([VERSION]);
  });
  it('are not taken from whoever tells them, also where that began a moment ago', async () => {
    const late = anInstance();
    // It takes the lease when the versions have been looked through.
    const overtaken = database.db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (result.rows.some((row) => 'told' in row)) await late.hold('catching up');
        return result;
      },
    });
    await expect(dropVersion(overtaken, VERSION, CURRENT)).rejects.toThrow('stop those of that version first');
    expect(await listed()).toEqual([VERSION]);
  });
  it('that could not be dropped can be told at once', async () => {
    const failing = database.db.withPlugin({
      transformQuery({ node }) {
        if (JSON.stringify(node).includes('drop schema')) throw new Error('cut');
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    await expect(dropVersion(failing, VERSION, CURRENT)).rejects.toThrow('cut');
    expect(await anInstance().hold('live')).toBeGreaterThan(0n);
  });
});
