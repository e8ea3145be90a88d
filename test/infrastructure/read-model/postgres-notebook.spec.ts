import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLeases, PostgresLease } from '../../../src/infrastructure/read-model/postgres-lease.js';
import { openNotebooks, PostgresNotebook } from '../../../src/infrastructure/read-model/postgres-notebook.js';
import { databases, type TestDatabase } from '../../support/databases.js';

type Note = Readonly<{ n: number }>;
const notes = (...numbers: number[]): Note[] => numbers.map((n) => ({ n }));

let database: TestDatabase;

/** Somebody takes the lease, and the notebook with it. */
async function taken(name: string): Promise<PostgresNotebook<Note>> {
  const lease = new PostgresLease(database.db, name, 60_000);
  const token = (await lease.hold('test')) ?? 0n;
  await lease.release();
  return new PostgresNotebook<Note>(database.db, { name, token });
}

describe.each(databases.filter(([name]) => name !== 'SQLite'))('notes in %s', (_, open) => {
  beforeEach(async () => {
    database = await open();
    await openLeases(database.db);
    await openNotebooks(database.db);
  });
  afterEach(() => database.close());

  it('are kept in order, by the name of the lease', async () => {
    const [book, other] = [await taken('a'), await taken('b')];
    expect(await book.read()).toEqual([]);
    for (const note of notes(1, 2, 3)) await book.add(note);
    await other.add({ n: 9 });
    expect([await book.read(), await other.read()]).toEqual([notes(1, 2, 3), notes(9)]);
  });
  it('are replaced as a whole, and added to after', async () => {
    const [book, other] = [await taken('a'), await taken('b')];
    await other.add({ n: 9 });
    await book.add({ n: 1 });
    await book.replace(notes(8, 7));
    await book.add({ n: 6 });
    expect([await book.read(), await other.read()]).toEqual([notes(8, 7, 6), notes(9)]);
  });
  it('are not for whoever has lost the lease', async () => {
    const before = await taken('a');
    await before.add({ n: 1 });
    const after = await taken('a');
    for (const late of [() => before.add({ n: 2 }), () => before.replace(notes(3))])
      await expect(late()).rejects.toMatchObject({ code: 'ELEASELOST' });
    await after.add({ n: 4 });
    expect(await after.read()).toEqual(notes(1, 4));
  });
});
