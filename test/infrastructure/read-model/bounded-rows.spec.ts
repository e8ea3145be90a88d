import { expect, it } from '@jest/globals';
import { Overloaded } from '../../../src/event-sourcing/errors.js';
import type { AnyRow, Table } from '../../../src/event-sourcing/projection.js';
import { Rows, type Stored } from '../../../src/event-sourcing/read-model.js';
import { BoundedRows } from '../../../src/infrastructure/read-model/bounded-rows.js';
import { MOST_WAITING } from '../../../src/infrastructure/read-model/room.js';

const now: Table = { name: 'now-1', columns: {}, indexes: [] };
const history: Table = { name: 'history-1', columns: {}, indexes: [] };
const all = { where: [], order: [], limit: 1 };

/** Each read is over when it is let go. */
class Held extends Rows {
  readonly under: (() => void)[] = [];
  override async get<Row extends AnyRow>(): Promise<Stored<Row> | undefined> {
    await this.held();
    return undefined;
  }
  override findOne<Row extends AnyRow>(): Promise<Stored<Row> | undefined> {
    return this.get();
  }
  override async select<Row extends AnyRow>(): Promise<readonly Stored<Row>[]> {
    await this.held();
    return [];
  }
  override async count(): Promise<number> {
    await this.held();
    return 0;
  }
  override async isEmpty(): Promise<boolean> {
    await this.held();
    return false;
  }
  private held(): Promise<void> {
    return new Promise((resolve) => this.under.push(resolve));
  }
}

function bounded(connections: number) {
  const held = new Held();
  return { held, rows: new BoundedRows(held, connections, [history]) };
}
const settled = () => new Promise(setImmediate);

it('gives reads of history and other lists a part of the connections each, and keys the rest', async () => {
  const { held, rows } = bounded(10);
  const reads = Array.from({ length: 10 }, () => [rows.select(history, all), rows.count(history, [], 1)]).flat();
  await settled();
  expect(held.under).toHaveLength(4);
  reads.push(...Array.from({ length: 10 }, () => rows.count(now, [], 1)));
  await settled();
  expect(held.under).toHaveLength(8);
  const keys = Promise.all([rows.get(history, 'x'), rows.findOne(now, 'x', 'y'), rows.isEmpty(now)]);
  await settled();
  expect(held.under).toHaveLength(11);
  for (const over of held.under.splice(8)) over();
  expect(await keys).toEqual([undefined, undefined, false]);
  while (held.under.length > 0) {
    for (const over of held.under.splice(0)) over();
    await settled();
  }
  expect(await Promise.all(reads)).toHaveLength(30);
});
it('lets in those who wait in the order they came', async () => {
  const { held, rows } = bounded(1);
  const order: number[] = [];
  const reads = [0, 1, 2].map(async (n) => {
    await rows.select(now, all);
    order.push(n);
  });
  for (let i = 0; i < 3; i++) {
    await settled();
    expect(held.under).toHaveLength(1);
    held.under.pop()?.();
  }
  await Promise.all(reads);
  expect(order).toEqual([0, 1, 2]);
});
it('refuses at once what would wait behind a thousand', async () => {
  const { held, rows } = bounded(1);
  const reads = Array.from({ length: 1 + MOST_WAITING }, () => rows.select(now, all));
  await expect(rows.select(now, all)).rejects.toThrow(Overloaded);
  const others = [rows.select(history, all), rows.get(now, 'x')];
  await settled();
  expect(held.under).toHaveLength(3);
  while (held.under.length > 0) {
    for (const over of held.under.splice(0)) over();
    await settled();
  }
  expect(await Promise.all([...reads, ...others])).toHaveLength(MOST_WAITING + 3);
});
it('refuses what has waited for seconds', async () => {
  const { held, rows } = bounded(1);
  const first = rows.select(now, all);
  await expect(rows.select(now, all)).rejects.toMatchObject({ code: 'read-model-unavailable' });
  held.under.pop()?.();
  await first;
  const next = rows.select(now, all);
  await settled();
  held.under.pop()?.();
  expect(await next).toEqual([]);
}, 15_000);
