import { beforeEach, expect, it } from '@jest/globals';
import {
  EventStoreUnavailable,
  OutcomeUnknown,
  Overloaded,
  WrongExpectedRevision,
} from '../../src/event-sourcing/errors.js';
import { NO_STREAM } from '../../src/event-sourcing/fact.js';
import { MeasuredEventStore } from '../../src/observability/measured-event-store.js';
import { MemoryEventStore } from '../support/memory-event-store.js';

let memory: MemoryEventStore;
let store: MeasuredEventStore;
beforeEach(() => {
  memory = new MemoryEventStore();
  store = new MeasuredEventStore(memory);
});

async function failsWith(error: Error): Promise<void> {
  memory.failWith = error;
  await expect(store.append('a-1', NO_STREAM, [])).rejects.toBe(error);
}

it('counts appends by how they end, and times every one', async () => {
  await store.append('a-1', NO_STREAM, []);
  await failsWith(new WrongExpectedRevision('a-1', 0n, 1n));
  await failsWith(new Overloaded('no'));
  await failsWith(new OutcomeUnknown('perhaps'));
  await failsWith(new Error('what'));
  expect(store.outcomes).toEqual({
    ...{ stored: 1, conflict: 1, unavailable: 0, unknown: 1, overloaded: 1, too_large: 0, failed: 1 },
  });
  expect(store.durations.counts.reduce((sum, count) => sum + count)).toBe(5);
});

it('is writable without a try as long as nothing says otherwise, also after a conflict and a shed append', async () => {
  await failsWith(new WrongExpectedRevision('a-1', 0n, 1n));
  await failsWith(new Overloaded('no'));
  expect([await store.writable(), memory.appends]).toEqual([true, 2]);
});

it('tries an append of nothing where the last one leaves doubt, once for all who ask', async () => {
  await failsWith(new EventStoreUnavailable('the disk is full'));
  memory.failWith = new EventStoreUnavailable('still full');
  expect(await Promise.all([store.writable(), store.writable(), store.writable()])).toEqual([false, false, false]);
  expect([memory.appends, memory.log]).toEqual([2, []]);
});

it('is writable again after the first append that is taken', async () => {
  await failsWith(new OutcomeUnknown('perhaps'));
  await store.append('a-1', NO_STREAM, []);
  expect([await store.writable(), memory.appends]).toEqual([true, 2]);
});

it('finds out by itself that it is writable again', async () => {
  await failsWith(new EventStoreUnavailable('the disk is full'));
  expect([await store.writable(), await store.writable(), memory.appends]).toEqual([true, true, 2]);
});
