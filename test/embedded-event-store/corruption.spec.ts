import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, START } from '@eventstore/db-client';
import { beforeAll, afterAll, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';
import { Program } from '../support/program.js';
import { collect } from './with-store.js';

const context = {} as { store: EmbeddedEventStore; client: EventStoreDBClient };
const fault = /event 1 of stream damaged at position 2/;

/** Changes one letter of the second event in the file itself. */
beforeAll(async () => {
  const store = await startEmbeddedEventStore();
  const client = EventStoreDBClient.connectionString(store.url);
  const batch = ['first', 'second', 'third'].map((text) => jsonEvent({ type: 'Said', data: { text } }));
  await client.appendToStream('damaged', batch);
  await client.appendToStream('sound', jsonEvent({ type: 'Said', data: {} }));
  await client.dispose();
  await store.stop();
  const file = join(store.dir, 'events.db');
  const bytes = readFileSync(file);
  const at = bytes.indexOf('{"text":"second"}') + 10;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  context.store = await startEmbeddedEventStore({ dir: store.dir });
  context.client = EventStoreDBClient.connectionString(context.store.url);
});
afterAll(async () => {
  await context.client.dispose();
  await context.store.stop();
});

it('is an error that names stream and position, never a shorter history', async () => {
  await expect(collect(context.client.readStream('damaged'))).rejects.toThrow(fault);
  await expect(collect(context.client.readAll())).rejects.toThrow(fault);
});

it('ends a subscription with that error', async () => {
  const subscription = context.client.subscribeToAll({ fromPosition: START });
  const delivering = (async () => {
    for await (const _ of subscription);
  })();
  await expect(delivering).rejects.toThrow(fault);
});

it('where the name of a column is damaged, the file is named, and nothing starts', async () => {
  const store = await startEmbeddedEventStore();
  await store.stop();
  const file = join(store.dir, 'events.db');
  const bytes = readFileSync(file);
  bytes[bytes.indexOf('is_json') + 2] = 'x'.charCodeAt(0);
  writeFileSync(file, bytes);
  const { code, stderr } = await new Program(
    ['dist/embedded-event-store/cli.js', '--dir', store.dir, '--port', '0'],
    {},
  ).ended();
  expect([code, stderr]).toEqual([1, expect.stringContaining(`corrupt event store: ${file}: `)]);
});

it('leaves the other streams readable and writable', async () => {
  expect(await collect(context.client.readStream('sound'))).toHaveLength(1);
  const more = jsonEvent({ type: 'Said', data: {} });
  await expect(context.client.appendToStream('damaged', more, { expectedRevision: 2n })).resolves.toMatchObject({
    nextExpectedRevision: 3n,
  });
});
