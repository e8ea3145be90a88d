import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Position } from '../../../src/event-sourcing/fact.js';
import type { AnyRow, Stored, Table } from '../../../src/event-sourcing/projection.js';
import type { ReadModelWriter } from '../../../src/event-sourcing/read-model.js';
import { changesSince } from '../../../src/infrastructure/read-model/postgres-changes.js';
import { at } from '../../support/read-model.js';
import { databases, type TestDatabase } from '../../support/databases.js';

const AT_ONCE = 10;
const tableOf = (name: string): Table => ({ name, columns: { name: 'text' }, indexes: [] });
const tables = [tableOf('a-1'), tableOf('b-1')] as const;
const [, [name, open] = ['', () => Promise.reject(new Error('no database'))]] = databases;

let database: TestDatabase;
let writer: ReadModelWriter;

/** Rows of each table by key, at a position. */
async function commit(position: Position, ...keys: readonly (readonly string[])[]): Promise<void> {
  const rowOf = (key: string) => [key, { name: key, revision: 0n, position } as unknown as Stored<AnyRow>] as const;
  const changes = tables.map((table, i) => ({ table, rows: new Map((keys[i] ?? []).map(rowOf)) }));
  await writer.commit(changes, at(position));
}

type Part = Readonly<{ position: Position; whole: boolean; keys: Record<string, string[]> }>;

/** What is read part by part, until it is whole. */
async function partsAfter(after: Position): Promise<Part[]> {
  const parts: Part[] = [];
  for (let known = after, whole = false; !whole;) {
    const since = await changesSince(database.db, tables, known, AT_ONCE);
    if (!since) throw new Error('nobody has told it');
    const keys = Object.fromEntries(since.changes.map(({ table, rows }) => [table.name, [...rows.keys()]]));
    ({ position: known, whole } = since);
    parts.push({ ...since, keys });
  }
  return parts;
}

describe(`what was committed since, in ${name}`, () => {
  beforeEach(async () => {
    database = await open();
    writer = await database.writer();
    await writer.open(tables);
  });
  afterEach(() => database.close());

  it('is read in parts where it is much, with nothing left out, in order, and the tables in step', async () => {
    for (let i = 1; i <= 35; i++) await commit(BigInt(i), [`a${i}`], i % 2 === 0 ? [`b${i}`] : []);
    const parts = await partsAfter(2n);
    const all = (table: string) => parts.flatMap(({ keys }) => keys[table] ?? []);
    expect(all('a-1')).toEqual(Array.from({ length: 33 }, (_, i) => `a${i + 3}`));
    expect(all('b-1')).toEqual(Array.from({ length: 16 }, (_, i) => `b${2 * i + 4}`));
    expect(parts.map(({ position, whole }) => [position, whole])).toEqual([
      [12n, false],
      [22n, false],
      [32n, false],
      [35n, true],
    ]);
    for (const { keys, position } of parts)
      for (const key of Object.values(keys).flat()) expect(BigInt(key.slice(1))).toBeLessThanOrEqual(position);
  });

  it('is never cut within a position', async () => {
    const many = Array.from({ length: 25 }, (_, i) => `a${String(i).padStart(2, '0')}`);
    await commit(1n, ['before']);
    await commit(2n, many);
    await commit(3n, ['after']);
    const parts = await partsAfter(0n);
    expect(parts.map(({ position, keys }) => [position, keys['a-1']])).toEqual([
      [1n, ['before']],
      [3n, [...many, 'after']],
    ]);
  });

  it('has no part for a row that has changed again meanwhile but the last', async () => {
    for (let i = 1; i <= 15; i++) await commit(BigInt(i), [`a${i}`]);
    const first = await changesSince(database.db, tables, 0n, AT_ONCE);
    expect([first?.position, first?.whole]).toEqual([10n, false]);
    await commit(16n, ['a12']);
    const [rest] = await partsAfter(10n);
    expect(rest).toMatchObject({ position: 16n, whole: true, keys: { 'a-1': ['a11', 'a13', 'a14', 'a15', 'a12'] } });
  });
});
