import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLeases, PostgresLease } from '../../../src/infrastructure/read-model/postgres-lease.js';
import { onPool } from '../../../src/infrastructure/read-model/postgres.js';
import { databases, type TestDatabase } from '../../support/databases.js';

const [, [name, open] = ['', () => Promise.reject(new Error('no database'))]] = databases;
const gone = onPool({ connect: () => Promise.reject(new Error('timeout')), end: () => Promise.resolve() });

let database: TestDatabase;
const leaseOf = (): PostgresLease => new PostgresLease(database.db, 'x', 60_000);

describe(`a lease in ${name}`, () => {
  beforeEach(async () => {
    database = await open();
    await openLeases(database.db);
  });
  afterEach(() => database.close());

  it('that was let go of while the database was gone can be had again at once, under another token, by the same alone', async () => {
    const [ours, theirs] = [leaseOf(), leaseOf()];
    expect(await ours.hold('live')).toBe(1n);
    Object.assign(ours, { db: gone });
    await expect(ours.release()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    Object.assign(ours, { db: database.db });
    expect([await theirs.look(), await theirs.hold('live')]).toEqual([{ note: 'live', over: false }, undefined]);
    expect(await ours.look()).toEqual({ note: 'live', over: true });
    expect(await ours.hold('live')).toBe(2n);
  });
});
