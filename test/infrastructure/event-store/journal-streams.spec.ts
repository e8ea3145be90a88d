import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from '@jest/globals';
import { SystemClock } from '../../../src/event-sourcing/clock.js';
import { EventStoreUnavailable, WrongExpectedRevision } from '../../../src/event-sourcing/errors.js';
import type { Context, Fact } from '../../../src/event-sourcing/fact.js';
import { JournalStreams } from '../../../src/infrastructure/event-store/journal-streams.js';
import { stamp } from '../../../src/infrastructure/event-store/stamp.js';
import { MemoryEventStore } from '../../support/memory-event-store.js';

type Noted = Fact<'Noted', { n: number }>;
const catalogue = { Noted: { version: 1, fields: { n: 'integer' as const }, personal: [] } };
const context = (): Context => ({
  ...{ accountId: 'a', rule: 'none', requestId: 'r', ip: null, userAgent: null, commandId: randomUUID() },
  actor: { userId: 'u', name: 'n', role: 'admin', apiKeyId: 'k' },
});
const noted = (n: number): Noted => ({ type: 'Noted', data: { n } });

let store: MemoryEventStore;
let journal: JournalStreams<Noted>;
const add = (n: number) => journal.add('1', [noted(n)], context());
const elsewhere = () => {
  for (const event of stamp([noted(-1)], context(), catalogue, new Date())) store.put('notes-1', event);
};
const numbers = () => store.log.map(({ data }) => (data as Noted['data']).n);

beforeEach(() => {
  store = new MemoryEventStore();
  journal = new JournalStreams('notes', store, catalogue, new SystemClock());
});

it('adds to the end of a stream without reading it', async () => {
  elsewhere();
  await add(1);
  await add(2);
  expect(numbers()).toEqual([-1, 1, 2]);
  expect([store.reads, store.appends]).toEqual([0, 3]); // one to learn where the stream ends
});
it('adds what waits as one, in order', async () => {
  await Promise.all([1, 2, 3, 4].map(add));
  expect(numbers()).toEqual([1, 2, 3, 4]);
  expect(store.appends).toBe(2);
});
it('gives up where others are always first', async () => {
  const busy = () => {
    elsewhere();
    store.meanwhile = busy;
  };
  store.meanwhile = busy;
  await expect(add(1)).rejects.toThrow(WrongExpectedRevision);
  expect(store.appends).toBe(8);
});
it('tells everyone who waited of a failure, and goes on', async () => {
  store.failWith = new EventStoreUnavailable();
  await expect(add(1)).rejects.toThrow(EventStoreUnavailable);
  await add(2);
  expect(numbers()).toEqual([2]);
});
