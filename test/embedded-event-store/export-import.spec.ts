import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { appending, eventstore, fill, newWorkshop, proposed, write } from '../support/event-store-tools.js';
import { collect } from './with-store.js';

const workshop = newWorkshop();
const dir = join(workshop, 'sound');
const target = join(workshop, 'target');
let lines: string;

beforeAll(async () => {
  await fill(dir);
  lines = (await eventstore(['export', '--dir', dir, '-'])).stdout;
});
beforeEach(() => {
  rmSync(target, { recursive: true, force: true });
});
afterAll(() => {
  rmSync(workshop, { recursive: true });
});

const importing = (input: string) => eventstore(['import', '--dir', target, '-'], input);

/** Everything in a log, down to the bytes and what is derived from them. */
function contentOf(of: string): unknown[] {
  const database = new Database(join(of, 'events.db'), { readonly: true });
  const all = ['events ORDER BY position', 'links', 'tombstones'].map((table) =>
    database.prepare(`SELECT * FROM ${table}`).all(),
  );
  database.close();
  return all;
}

it('writes each event as the line that is documented', () => {
  const told = lines.split('\n').map((line) => (line === '' ? '' : (JSON.parse(line) as Record<string, unknown>)));
  expect(told).toHaveLength(15);
  expect(told[0]).toEqual({
    ...{ position: 1, stream: 'user-1', revision: 0, id: expect.any(String), type: 'Said' },
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    ...{ contentType: 'application/json', data: { text: 'good' }, metadata: { by: 'Ada' } },
  });
  expect(told[1]).toMatchObject({ dataBase64: Buffer.from('{ "spaced": 1.0 }').toString('base64') });
  expect(told[3]).not.toHaveProperty('metadata');
  expect(told[4]).toMatchObject({ contentType: 'application/octet-stream', dataBase64: 'AP+ACg==' });
});

it('gives a store that cannot be told from the first: bytes, times, links, deleted and closed streams', async () => {
  expect(await importing(lines)).toEqual({ code: 0, stdout: `14 events in ${target}.\n`, stderr: '' });
  expect(contentOf(target)).toEqual(contentOf(dir));
  expect((await eventstore(['export', '--dir', target, '-'])).stdout).toBe(lines);
  expect(await eventstore(['verify', '--dir', target])).toMatchObject({ code: 0 });
  expect(readdirSync(target)).not.toContain('import.partial');

  const store = await startEmbeddedEventStore({ dir: target });
  const client = EventStoreDBClient.connectionString(store.url);
  expect(await collect(client.readStream('user-1'))).toHaveLength(2);
  expect(await collect(client.readStream('plain'))).toHaveLength(1);
  await expect(collect(client.readStream('user-2'))).rejects.toMatchObject({ type: 'stream-deleted' });
  await client.dispose();
  await store.stop();
});

it('takes files, also while the store runs, and a directory that was started but never written to', async () => {
  const [file, running] = [join(workshop, 'export.ndjson'), await startEmbeddedEventStore({ dir })];
  const exported = await eventstore(['export', '--dir', dir, file, '--json']);
  expect(JSON.parse(exported.stdout)).toEqual({ ok: true, file, events: 14 });
  await running.stop();
  expect(readFileSync(file, 'utf8')).toBe(lines);
  await (await startEmbeddedEventStore({ dir: target })).stop();
  const imported = await eventstore(['import', '--dir', target, file, '--json']);
  expect(JSON.parse(imported.stdout)).toEqual({ ok: true, dir: target, events: 14 });
  expect(contentOf(target)).toEqual(contentOf(dir));
});

it('imports nothing as nothing', async () => {
  expect(await importing('')).toMatchObject({ code: 0, stdout: `0 events in ${target}.\n` });
});

it('leaves a directory alone that has events, or is in use', async () => {
  await write(target, async (writer) => {
    await appending(writer, 'mine', [proposed()]);
  });
  const before = contentOf(target);
  expect(await importing(lines)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not empty: there are 1 events'),
  });
  expect(contentOf(target)).toEqual(before);
  const store = await startEmbeddedEventStore({ dir: target });
  expect(await importing(lines)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('in use by another process'),
  });
  await store.stop();
}, 30_000);

type Line = Record<string, unknown>;
const changed = (number: number, change: (line: Line) => Line | string): string =>
  lines
    .split('\n')
    .map((line, index) => {
      if (index !== number - 1) return line;
      const with_ = change(JSON.parse(line) as Line);
      return typeof with_ === 'string' ? with_ : JSON.stringify(with_);
    })
    .join('\n');

it.each<[string, number, (line: Line) => Line | string]>([
  ['this is not a JSON object', 3, () => '{"position":3'],
  ['this is not a JSON object', 3, () => '[]'],
  ['this is not a JSON object', 15, () => ''],
  ['its position is 4, and not 3', 3, (line) => ({ ...line, position: 4 })],
  ['its revision in its stream is 3, and not 2', 3, (line) => ({ ...line, revision: 3 })],
  ['its revision in its stream is 0, and not 2', 3, (line) => ({ ...line, revision: 0 })],
  ['position is not a whole number', 3, (line) => ({ ...line, position: '3' })],
  ['stream is not a text', 3, (line) => ({ ...line, stream: '' })],
  ['type is not a text', 3, ({ type: _, ...line }) => line],
  ['id is not a UUID in lower case', 3, (line) => ({ ...line, id: 'ABC' })],
  ['created is not a time', 3, (line) => ({ ...line, created: 'yesterday' })],
  ['contentType is neither', 3, (line) => ({ ...line, contentType: 'text/plain' })],
  ['data is missing', 3, ({ data: _, ...line }) => line],
  ['data is given twice', 3, (line) => ({ ...line, dataBase64: '' })],
  ['metadataBase64 is not base64', 3, ({ metadata: _, ...line }) => ({ ...line, metadataBase64: '?' })],
  [
    'its stream was closed before',
    15,
    () => ({ ...(JSON.parse(lines.split('\n')[13] ?? '') as Line), position: 15, revision: 2 }),
  ],
])('names a line that cannot be: %s, at %i', async (reason, number, change) => {
  const input = number === 15 ? lines + changedLast(change) : changed(number, change);
  const { code, stdout, stderr } = await importing(input);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`embedded event store: line ${number}: ${reason}`);
  expect(existsSync(join(target, 'events.db'))).toBe(false);
  expect(readdirSync(target)).toEqual(['lock']);
});

function changedLast(change: (line: Line) => Line | string): string {
  const line = change({});
  return `${typeof line === 'string' ? line : JSON.stringify(line)}\n`;
}

it('says which file is not there, and makes nothing', async () => {
  const { code, stderr } = await eventstore(['import', '--dir', target, join(workshop, 'none.ndjson')]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('none.ndjson')]);
  expect(existsSync(target)).toBe(false);
});

it('exports no half of a damaged log, and no file over another', async () => {
  const file = join(workshop, 'taken.ndjson');
  writeFileSync(file, 'mine');
  expect(await eventstore(['export', '--dir', dir, file])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--force'),
  });
  mkdirSync(target);
  const content = readFileSync(join(dir, 'events.db'));
  content.write('evil', content.lastIndexOf('{"text":"good"}') + 9);
  writeFileSync(join(target, 'events.db'), content);
  const { code, stderr } = await eventstore(['export', '--dir', target, file, '--force']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('event 0 of stream user-1 at position 1')]);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect(await eventstore(['export', '--dir', dir, file, '--force'])).toMatchObject({ code: 0 });
  expect(readFileSync(file, 'utf8')).toBe(lines);
});
