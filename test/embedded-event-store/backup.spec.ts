import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { eventstore, fill, newWorkshop } from '../support/event-store-tools.js';
import { collect, events, idsOf } from './with-store.js';

const workshop = newWorkshop();
const dir = join(workshop, 'sound');
const place = (name: string): string => join(workshop, name);

beforeAll(() => fill(dir));
afterAll(() => {
  rmSync(workshop, { recursive: true });
});

it('copies a store that is being written to; put in its place, the copy has all that was acknowledged before', async () => {
  const store = await startEmbeddedEventStore({ dir: place('busy') });
  const client = EventStoreDBClient.connectionString(store.url);
  const acknowledged: string[] = [];
  const append = async () => {
    const batch = events(50);
    await client.appendToStream('busy', batch);
    acknowledged.push(...idsOf(batch));
  };
  for (let turn = 0; turn < 20; turn++) await append();
  const before = acknowledged.length;
  const state = { done: false };
  const backup = eventstore(['backup', '--dir', store.dir, place('busy.db'), '--json']).finally(
    () => (state.done = true),
  );
  while (!state.done) await append();
  const { code, stdout } = await backup;
  expect({ code, stdout: JSON.parse(stdout) as unknown }).toMatchObject({ code: 0, stdout: { ok: true, streams: 1 } });
  expect(acknowledged.length).toBeGreaterThan(before);
  await client.dispose();
  await store.kill();

  mkdirSync(place('restored'));
  copyFileSync(place('busy.db'), place('restored/events.db'));
  const restored = await startEmbeddedEventStore({ dir: place('restored') });
  const reader = EventStoreDBClient.connectionString(restored.url);
  const stored = idsOf(await collect(reader.readStream('busy')));
  expect(stored.length).toBeGreaterThanOrEqual(before);
  expect(stored).toEqual(acknowledged.slice(0, stored.length));
  await reader.appendToStream('busy', events(1), { expectedRevision: BigInt(stored.length - 1) });
  await reader.dispose();
  expect(await restored.stop()).toBe(0);
});

it('is one file, that verify takes', async () => {
  expect(await eventstore(['backup', '--dir', dir, place('one.db')])).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^14 events in 6 streams, .*: \d+ bytes in .*one\.db, verified\.\n$/),
    stderr: '',
  });
  expect(readdirSync(workshop).filter((name) => name.startsWith('one.db'))).toEqual(['one.db']);
  expect(await eventstore(['verify', '--file', place('one.db')])).toMatchObject({ code: 0 });
});

it('replaces a file only when told to', async () => {
  writeFileSync(place('taken.db'), 'mine');
  const refused = await eventstore(['backup', '--dir', dir, place('taken.db')]);
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('exists already; --force') });
  expect(readFileSync(place('taken.db'), 'utf8')).toBe('mine');
  expect(await eventstore(['backup', '--dir', dir, place('taken.db'), '--force'])).toMatchObject({ code: 0 });
  expect(await eventstore(['verify', '--file', place('taken.db')])).toMatchObject({ code: 0 });
});

it('never writes into the directory of the store, not even when told to', async () => {
  const before = readFileSync(join(dir, 'events.db'));
  const { code, stderr } = await eventstore(['backup', '--dir', dir, join(dir, 'events.db'), '--force']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('is in the directory of the event store itself')]);
  expect(readFileSync(join(dir, 'events.db')).equals(before)).toBe(true);
});

it('of a damaged log is none: what was there stays', async () => {
  mkdirSync(place('damaged'));
  const content = readFileSync(join(dir, 'events.db'));
  content.write('evil', content.lastIndexOf('{"text":"good"}') + 9);
  writeFileSync(place('damaged/events.db'), content);
  writeFileSync(place('kept.db'), 'yesterday');
  const { code, stderr } = await eventstore(['backup', '--dir', place('damaged'), place('kept.db'), '--force']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('event 0 of stream user-1 at position 1')]);
  expect(readFileSync(place('kept.db'), 'utf8')).toBe('yesterday');
  expect(existsSync(place('kept.db.partial'))).toBe(false);
});

it('says where it cannot write', async () => {
  const { code, stderr } = await eventstore(['backup', '--dir', dir, place('nowhere/b.db')]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('ENOENT')]);
});
