import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type Database from 'better-sqlite3';
import { openDatabase } from '../../src/embedded-event-store/database.js';
import type { ExpectedRevision } from '../../src/embedded-event-store/expected-revision.js';
import { Log } from '../../src/embedded-event-store/log.js';
import { RecentEvents } from '../../src/embedded-event-store/recent-events.js';
import { Writer } from '../../src/embedded-event-store/writer.js';
import type { WriteResult } from '../../src/embedded-event-store/writer.js';
import { newDirectory } from '../support/embedded-event-store.js';

let database: Database.Database;
let log: Log;
let recent: RecentEvents;
let writer: Writer;

beforeEach(() => {
  database = openDatabase(newDirectory());
  log = new Log(database);
  recent = new RecentEvents(log.lastPosition);
  writer = new Writer(log, recent);
});
afterEach(() => {
  log.close();
});

const event = (bytes = 0) => ({
  id: randomUUID(),
  type: 'T',
  isJson: true,
  metadata: Buffer.alloc(0),
  data: Buffer.alloc(bytes, 'x'),
});

const append = (stream: string, expected: ExpectedRevision, events = [event()]): Promise<WriteResult> =>
  new Promise((resolve) => {
    writer.append({ stream, expected, events }, resolve);
  });

it('decides the appends of one commit each on its own, in order', async () => {
  const twice = [event()];
  const results = await Promise.all([
    append('a', 'no_stream'),
    append('a', 'no_stream'),
    append('a', 0n, [event(), event()]),
    append('b', 'any', twice),
    append('b', 'any', twice),
  ]);
  expect(results).toEqual([
    { type: 'appended', revision: 0, position: 1 },
    { type: 'conflict', current: 0 },
    { type: 'appended', revision: 2, position: 3 },
    { type: 'appended', revision: 0, position: 4 },
    { type: 'appended', revision: 0, position: 4 },
  ]);
  expect(log.allForwards(1, 10).map(({ stream }) => stream)).toEqual(['a', 'a', 'a', 'b']);
});

it('remembers an id for the stream that had it first', async () => {
  const twice = [event()];
  const first = await append('a', 'any', twice);
  await append('b', 'any', twice);
  expect(await append('a', 'any', twice)).toEqual(first);
  expect(await append('b', 'any', twice)).toEqual({ type: 'appended', revision: 1, position: 3 });
});

it('publishes once, after the commit, what was written', async () => {
  const heard: number[] = [];
  recent.subscribe(() => heard.push(recent.lastPosition));
  await Promise.all([append('a', 'any'), append('a', 'any'), append('a', 99n)]);
  await append('a', 'any');
  expect(heard).toEqual([2, 3]);
});

it('fails a whole commit that does not fit the disk, and goes on once there is room', async () => {
  await append('a', 'no_stream');
  await append('c', 'no_stream');
  const pages = Number(database.pragma('page_count', { simple: true }));
  database.pragma(`max_page_count = ${pages + 1}`);
  const again = [event()];
  const group = [append('a', 0n), append('c', 'any', again), append('b', 'any', [event(100_000)])];
  expect(await Promise.all(group)).toEqual(
    Array.from({ length: 3 }, () => ({ type: 'unavailable', reason: 'database or disk is full' })),
  );
  expect([log.lastPosition, recent.lastPosition, log.lastRevision('a')]).toEqual([2, 2, 0]);

  database.pragma('max_page_count = 1000000');
  expect(await append('c', 'any', again)).toEqual({ type: 'appended', revision: 1, position: 3 });
});

it('acknowledges nothing more once a write did not reach the disk', async () => {
  const failing = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
  const commits = jest.spyOn(log, 'transaction').mockImplementation(() => {
    throw failing;
  });
  expect(await append('a', 'any')).toEqual({ type: 'unavailable', reason: 'disk I/O error' });
  commits.mockRestore();
  expect(await append('a', 'any')).toMatchObject({ type: 'unavailable' });
  expect(log.lastPosition).toBe(0);
});

it('commits what waits when it is closed, and refuses what comes later', async () => {
  const waiting = append('a', 'any');
  writer.close();
  expect(await waiting).toMatchObject({ type: 'appended' });
  expect(await append('a', 'any')).toMatchObject({ type: 'unavailable' });
});

it('reports a row that the index has lost', async () => {
  await append('a', 'any', [event(), event(), event()]);
  database.exec('DELETE FROM events WHERE position = 2');
  expect(() => log.allForwards(1, 10)).toThrow('event 2 of the log is missing');
  expect(() => log.allBackwards(4, 10)).toThrow('event 2 of the log is missing');
  expect(() => log.streamForwards('a', 0, 10)).toThrow('event 1 of stream a is missing');
  expect(() => log.streamBackwards('a', 2, 10)).toThrow('event 1 of stream a is missing');
});
