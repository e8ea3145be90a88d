import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../../src/event-sourcing/clock.js';
import {
  CommandInProgress,
  CommandReused,
  EventStoreUnavailable,
  EventTooLarge,
  OutcomeUnknown,
  WrongExpectedRevision,
} from '../../../src/event-sourcing/errors.js';
import type { Context, Fact } from '../../../src/event-sourcing/fact.js';
import type { Current } from '../../../src/event-sourcing/streams.js';
import { AggregateStreams } from '../../../src/infrastructure/event-store/aggregate-streams.js';
import { stamp } from '../../../src/infrastructure/event-store/stamp.js';
import { MemoryEventStore } from '../../support/memory-event-store.js';

type Counted = Fact<'Counted', { to: number }>;
const catalogue = { Counted: { version: 1, fields: { to: 'integer' as const }, personal: [] } };
const clock = new SystemClock();
const counter = { category: 'counter', evolve: (_state: number | undefined, event: Counted) => event.data.to };
const context = (more: Partial<Context> = {}): Context => ({
  accountId: 'a',
  actor: { userId: 'u', name: 'n', role: 'admin', apiKeyId: 'k' },
  rule: 'account_admin',
  requestId: 'r',
  ip: null,
  userAgent: null,
  commandId: randomUUID(),
  ...more,
});
const plusOne = ({ state = 0 }: Current<number>): Counted[] => [{ type: 'Counted', data: { to: state + 1 } }];
const nothing = (): Counted[] => [];

let store: MemoryEventStore;
let counters: AggregateStreams<number, Counted>;
const elsewhere = (to: number) => {
  const [event] = stamp([{ type: 'Counted', data: { to } }], context(), catalogue, new Date());
  if (event) store.put('counter-1', event);
};
const counts = () => store.log.map(({ data }) => (data as { to: number }).to);

beforeEach(() => {
  store = new MemoryEventStore();
  counters = new AggregateStreams(counter, store, catalogue, clock);
});

describe('deciding and appending', () => {
  it('appends what is decided, after what there is', async () => {
    expect(await counters.transact('1', plusOne, context())).toEqual({
      outcome: 'changed',
      revision: 0n,
      position: 1n,
    });
    expect(await counters.transact('1', plusOne, context())).toEqual({
      outcome: 'changed',
      revision: 1n,
      position: 2n,
    });
    expect(counts()).toEqual([1, 2]);
  });
  it('reads a hot stream once', async () => {
    for (let i = 0; i < 5; i++) await counters.transact('1', plusOne, context());
    expect(store.reads).toBe(1);
  });
  it('carries out the commands for one stream in their order, together where they wait', async () => {
    const all = await Promise.all(Array.from({ length: 64 }, () => counters.transact('1', plusOne, context())));
    expect(counts()).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
    expect(all.map(({ revision }) => revision)).toEqual(Array.from({ length: 64 }, (_, i) => BigInt(i)));
    expect(store.appends).toBe(2); // the first alone, and what came in the meantime
    expect(new Set(store.log.map(({ id }) => id)).size).toBe(64);
  });
  it('asks the store nothing about a stream that was just read', async () => {
    expect((await counters.transact('1', nothing, context())).outcome).toBe('unchanged');
    expect(store.appends).toBe(0);
  });
  it('puts no more than 64 commands into an append', async () => {
    await Promise.all(Array.from({ length: 130 }, () => counters.transact('1', plusOne, context())));
    expect(store.appends).toBe(4); // 1 + 64 + 64 + 1
    expect(counts()).toHaveLength(130);
  });
  it('appends nothing for no events', async () => {
    await counters.transact('1', plusOne, context());
    expect(await counters.transact('1', nothing, context())).toEqual({
      outcome: 'unchanged',
      revision: 0n,
      position: 1n,
    });
    expect(counts()).toEqual([1]);
  });
});

describe('commands decided together', () => {
  const first = () => counters.transact('1', plusOne, context()); // under way while the others come
  const refuse = ({ state = 0 }: Current<number>): Counted[] => {
    throw new RangeError(`no, at ${state}`);
  };
  it('are each decided on what those before leave behind, and told their own end', async () => {
    const ends = await Promise.allSettled([
      first(),
      counters.transact('1', nothing, context()),
      counters.transact('1', plusOne, context()),
      counters.transact('1', refuse, context()),
      counters.transact('1', plusOne, context()),
    ]);
    expect(ends).toEqual([
      { status: 'fulfilled', value: { outcome: 'changed', revision: 0n, position: 1n } },
      { status: 'fulfilled', value: { outcome: 'unchanged', revision: 0n, position: 3n } },
      { status: 'fulfilled', value: { outcome: 'changed', revision: 1n, position: 3n } },
      { status: 'rejected', reason: new RangeError('no, at 2') },
      { status: 'fulfilled', value: { outcome: 'changed', revision: 2n, position: 3n } },
    ]);
  });
  it('are all decided anew where another writer came first', async () => {
    await first();
    const group = [first(), counters.transact('1', refuse, context()), counters.transact('1', plusOne, context())];
    const ends = Promise.allSettled(group);
    store.meanwhile = () => {
      elsewhere(10);
    };
    expect((await ends).map((end) => (end.status === 'rejected' ? String(end.reason) : end.value.revision))).toEqual([
      2n,
      'RangeError: no, at 11',
      3n,
    ]);
    expect(counts()).toEqual([1, 10, 11, 12]);
    expect(counters.counts).toEqual({ remembered: 1, read: 1, redecided: 1 });
  });
  it.each([
    ['of unknown outcome: the stream is read again before the next', new OutcomeUnknown(), 2],
    ['that cannot be sent', new EventStoreUnavailable(), 1],
  ])('share the fate of an append %s', async (_, failure, reads) => {
    const group = [first(), first(), counters.transact('1', refuse, context())];
    const ends = Promise.allSettled(group);
    store.meanwhile = () => {
      store.failWith = failure;
    };
    expect((await ends).slice(1)).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ]);
    expect((await first()).revision).toBe(1n);
    expect(counts()).toEqual([1, 2]);
    expect(store.reads).toBe(reads);
  });
  it('go one by one where they are too much for one append', async () => {
    const group = [first(), first(), first()];
    store.meanwhile = () => {
      store.failWith = new EventTooLarge('together');
    };
    expect((await Promise.all(group)).map(({ revision }) => revision)).toEqual([0n, 1n, 2n]);
  });
  it('refuse a command id that is among them', async () => {
    const twice = context({ commandFingerprint: 'f' });
    const ends = await Promise.allSettled([
      first(),
      counters.transact('1', plusOne, twice),
      counters.transact('1', plusOne, twice),
    ]);
    expect(ends[2]).toEqual({ status: 'rejected', reason: new CommandInProgress() });
    expect(counts()).toEqual([1, 2]);
  });
});

describe('other writers', () => {
  it('decides anew on what they wrote', async () => {
    await counters.transact('1', plusOne, context());
    store.meanwhile = () => {
      elsewhere(10);
    };
    expect((await counters.transact('1', plusOne, context())).revision).toBe(2n);
    expect(counts()).toEqual([1, 10, 11]);
  });
  it('gives up after a few', async () => {
    const busy = () => {
      elsewhere(0);
      store.meanwhile = busy;
    };
    store.meanwhile = busy;
    await expect(counters.transact('1', plusOne, context())).rejects.toThrow(WrongExpectedRevision);
    expect(store.appends).toBe(4);
  });
  it('does not refuse, nor find a wish fulfilled, on a state out of date', async () => {
    await counters.transact('1', plusOne, context());
    elsewhere(10);
    const untilTen = ({ state = 0 }: Current<number>): Counted[] =>
      state === 10 ? [{ type: 'Counted', data: { to: 0 } }] : [];
    expect((await counters.transact('1', untilTen, context())).outcome).toBe('changed');
    elsewhere(10);
    const onlyTen = ({ state }: Current<number>): Counted[] => {
      if (state !== 10) throw new RangeError('not ten');
      return [];
    };
    expect((await counters.transact('1', onlyTen, context())).outcome).toBe('unchanged');
  });
});

describe('commands whose ids callers choose', () => {
  const keyed = context({ commandFingerprint: 'f' });
  it('are carried out once, also by another process', async () => {
    const first = await counters.transact('1', plusOne, keyed);
    await counters.transact('1', plusOne, context());
    const restarted = new AggregateStreams(counter, store, catalogue, clock);
    for (const streams of [counters, restarted])
      expect(await streams.transact('1', plusOne, keyed)).toEqual({ ...first, outcome: 'repeated' });
    expect(counts()).toEqual([1, 2]);
    expect(store.appends).toBe(2); // nothing is asked that the log has said already
  });
  it('are not taken for another request', async () => {
    await counters.transact('1', plusOne, keyed);
    await expect(counters.transact('1', plusOne, { ...keyed, commandFingerprint: 'g' })).rejects.toThrow(CommandReused);
  });
});

it('stamps events with ids that the command determines, and with what brought them about', () => {
  const given = context();
  const now = new Date('2026-01-02T03:04:05.678Z');
  const facts: Counted[] = [
    { type: 'Counted', data: { to: 1 } },
    { type: 'Counted', data: { to: 2 } },
  ];
  const events = stamp(facts, given, catalogue, now);
  expect(stamp(facts, given, catalogue, now)).toEqual(events);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  expect(events[0]?.meta).toMatchObject({
    ...given,
    schemaVersion: 1,
    occurredAt: '2026-01-02T03:04:05.678Z',
    $correlationId: 'r',
    $causationId: given.commandId,
  });
});
