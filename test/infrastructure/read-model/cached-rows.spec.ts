import { beforeEach, expect, it } from '@jest/globals';
import type { Table } from '../../../src/event-sourcing/projection.js';
import {
  type CommitListener,
  ProjectionProgress,
  Rows,
  type RowsByKey,
  type Stored,
} from '../../../src/event-sourcing/read-model.js';
import { CachedRows } from '../../../src/infrastructure/read-model/cached-rows.js';

type Row = Readonly<{ name: string }>;
const table: Table<Row> = { name: 't-1', columns: { name: 'text' }, indexes: [] };

class Slow extends Rows {
  asked = 0;
  name = 'one';
  /** Runs between asking and answering. */
  meanwhile: () => void = () => undefined;
  override async get<R>(): Promise<Stored<R> | undefined> {
    this.asked++;
    const row = { name: this.name, revision: 0n, position: 1n } as unknown as Stored<R>;
    this.meanwhile();
    return Promise.resolve(row);
  }
  override findOne<R>(): Promise<Stored<R> | undefined> {
    return this.get();
  }
  override select<R>(): Promise<readonly Stored<R>[]> {
    return Promise.resolve([]);
  }
  override count(): Promise<number> {
    return Promise.resolve(0);
  }
  override isEmpty(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
class Progress extends ProjectionProgress {
  override readonly position = 0n;
  changed: CommitListener = () => undefined;
  override onCommitted(listener: CommitListener): void {
    this.changed = listener;
  }
  doubted: () => void = () => undefined;
  override onDoubt(listener: () => void): void {
    this.doubted = listener;
  }
  override reached(): Promise<void> {
    return Promise.resolve();
  }
}

let slow: Slow;
let progress: Progress;
let rows: CachedRows;
const name = async () => (await rows.get(table, 'x'))?.name;
const change = () => {
  slow.name = 'two';
  progress.changed('t-1', new Map([['x', {}]]) as unknown as RowsByKey);
};

beforeEach(() => {
  slow = new Slow();
  progress = new Progress();
  rows = new CachedRows(slow, progress);
});

it('asks once', async () => {
  expect([await name(), await name()]).toEqual(['one', 'one']);
  expect(slow.asked).toBe(1);
});
it('forgets all of them where commits may have been taken back, also what is being read', async () => {
  await name();
  const reading = rows.get(table, 'y');
  progress.doubted();
  await reading;
  await Promise.all([name(), rows.get(table, 'y')]);
  expect(slow.asked).toBe(4);
});
it('forgets a row when it changes, and no other', async () => {
  await name();
  await rows.get(table, 'y');
  change();
  expect(await name()).toBe('two');
  await rows.get(table, 'y');
  expect(slow.asked).toBe(3);
});
it('does not remember a row that changed while it was read', async () => {
  slow.meanwhile = () => {
    slow.meanwhile = () => undefined;
    change();
  };
  expect(await name()).toBe('one');
  expect(await name()).toBe('two');
});
it('does not remember what was not asked for by key', async () => {
  await rows.findOne(table, 'name', 'one');
  await rows.findOne(table, 'name', 'one');
  expect(slow.asked).toBe(2);
});
