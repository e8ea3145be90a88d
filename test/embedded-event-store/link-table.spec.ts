import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type Database from 'better-sqlite3';
import { openDatabase } from '../../src/embedded-event-store/database.js';
import { Log } from '../../src/embedded-event-store/log.js';
import { newDirectory } from '../support/embedded-event-store.js';

let dir: string;
let database: Database.Database;
let log: Log;

beforeEach(() => {
  dir = newDirectory();
  reopen();
});
afterEach(() => {
  log.close();
});

function reopen(): void {
  database = openDatabase(dir);
  log = new Log(database);
}

const nothing = Buffer.alloc(0);
const event = (type: string) => ({ id: randomUUID(), type, isJson: true, metadata: nothing, data: nothing });

/** Streams of every sort, each written to several times in turn with the others. */
const STREAMS = ['user-1', 'user-2', 'a-b-c', 'plain', '-dash', '$system-1', '$$user-1', 'straße-日本'];
const TYPES = ['Added', 'Renamed', '$>', 'Ü'];
const fill = () => {
  log.transaction(() => {
    for (let revision = 0; revision < 8; revision++) {
      for (const stream of STREAMS) log.insert(event(TYPES[revision % 4] ?? ''), stream, revision, 1_000);
    }
  });
};
const links = () => database.prepare('SELECT * FROM links ORDER BY stream, revision').all();

it('is filled for the events of an older directory as it would have been while they were written', () => {
  fill();
  const written = links();
  expect(written).toHaveLength(8 * 4 + 6 * 6);
  database.exec('DROP TABLE links');
  log.close();
  reopen();
  expect(links()).toEqual(written);
  expect(log.lastRevision('$ce-user')).toBe(15);
  expect(log.streamForwards('$ce-user', 0, 2).map(({ data }) => Buffer.from(data).toString())).toEqual([
    '0@user-1',
    '0@user-2',
  ]);
});

it('goes back with a transaction that fails, and counts on from there', () => {
  log.transaction(() => log.insert(event('Added'), 'user-1', 0, 1_000));
  const failing = () => {
    log.insert(event('Added'), 'user-1', 1, 1_000);
    throw new Error('no room');
  };
  expect(() => log.transaction(failing)).toThrow('no room');
  expect([log.lastRevision('$ce-user'), log.lastRevision('$et-Added')]).toEqual([0, 0]);
  log.transaction(() => log.insert(event('Added'), 'user-1', 1, 1_000));
  expect(log.streamForwards('$ce-user', 0, 9).map(({ revision }) => revision)).toEqual([0, 1]);
});

it('that has lost a row, or leads astray, is an error', () => {
  fill();
  database.exec("UPDATE links SET position = 4 WHERE stream = '$ce-user' AND revision = 1");
  expect(() => log.streamForwards('$ce-user', 0, 9)).toThrow('link 1 of $ce-user leads to stream plain');
  database.exec("DELETE FROM links WHERE stream = '$ce-user' AND revision = 1");
  expect(() => log.streamForwards('$ce-user', 0, 9)).toThrow('event 1 of stream $ce-user is missing');
  expect(() => log.streamBackwards('$ce-user', 9, 9)).toThrow('event 1 of stream $ce-user is missing');
});
