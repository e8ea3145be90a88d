import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
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
let reported: string[];

beforeEach(() => {
  database = openDatabase(newDirectory());
  log = new Log(database);
  recent = new RecentEvents(log.lastPosition);
  reported = [];
  writer = new Writer(log, recent, (line) => reported.push(line));
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

/** Lets one call of the log fail, as it does for an error of SQLite. */
const failing = (of: Log, method: 'transaction' | 'recover', code: string) =>
  jest.spyOn(of, method).mockImplementation(() => {
    throw Object.assign(new Error('failing'), { code });
  });

async function untilWriting(): Promise<void> {
  while (!writer.state.writing) await setImmediate();
}

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
  const reason = 'the disk is full; writing resumes by itself';
  expect(await Promise.all(group)).toEqual(Array.from({ length: 3 }, () => ({ type: 'unavailable', reason })));
  expect([log.lastPosition, recent.lastPosition, log.lastRevision('a')]).toEqual([2, 2, 0]);
  expect(writer.state).toEqual({ writing: false, reason: 'the disk is full', since: expect.any(Date) });

  // The limit is the connection's own, and goes with it.
  await untilWriting();
  expect(await append('c', 'any', again)).toEqual({ type: 'appended', revision: 1, position: 3 });
  expect(reported).toEqual([
    'the disk is full: nothing is written until that has changed; reading goes on',
    'the disk takes what is written again: writing goes on',
  ]);
});

it('acknowledges nothing more once a write did not reach the disk, until all is known to be there', async () => {
  await append('a', 'any');
  const commits = failing(log, 'transaction', 'SQLITE_IOERR_FSYNC');
  const recoveries = failing(log, 'recover', 'SQLITE_IOERR_FSYNC');
  const refused = { type: 'unavailable', reason: expect.stringMatching(/^the disk has failed .*SQLITE_IOERR_FSYNC/) };
  expect(await append('a', 'any')).toEqual(refused);
  commits.mockRestore();
  while (recoveries.mock.calls.length < 3) expect(await append('a', 'any')).toEqual(refused);
  expect(log.allForwards(1, 9)).toHaveLength(1);
  recoveries.mockRestore();
  await untilWriting();
  expect(await append('a', 'any')).toEqual({ type: 'appended', revision: 1, position: 2 });
});

it('writes on after an error that is not of the disk', async () => {
  const commits = failing(log, 'transaction', 'SQLITE_BUSY');
  expect(await append('a', 'any')).toEqual({ type: 'unavailable', reason: 'failing' });
  commits.mockRestore();
  expect(writer.state).toEqual({ writing: true });
  expect(await append('a', 'any')).toMatchObject({ type: 'appended' });
});

it('does not go on where events are missing that were acknowledged', async () => {
  await append('a', 'any', [event(), event()]);
  database.exec('DELETE FROM events WHERE position = 2');
  expect(() => {
    log.recover();
  }).toThrow('event 2 of the log, acknowledged before');
  expect(log.allForwards(1, 1)).toHaveLength(1);
});

it('does not go on with a log whose end is damaged', async () => {
  await append('a', 'any', [event(), event()]);
  database.exec("UPDATE events SET type = 'X' WHERE position = 2");
  expect(() => {
    log.recover();
  }).toThrow('event 1 of stream a at position 2');
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
