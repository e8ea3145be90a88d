import { describe, expect, it } from '@jest/globals';
import { consumer, fakeGroup, storedEvent } from './fake-group.js';

type Strategy = 'DispatchToSingle' | 'RoundRobin' | 'Pinned' | 'PinnedByCorrelation';

function withConsumers(strategy: Strategy, ...slots: number[]) {
  const fake = fakeGroup({ strategy });
  const consumers = slots.map((count) => consumer(count));
  for (const one of consumers) fake.group.connect(one);
  return { ...fake, consumers, got: () => consumers.map(({ got }) => got) };
}

it('by turns, each gets the next, except those that are full', () => {
  const { append, pump, got } = withConsumers('RoundRobin', 3, 1, 3);
  append(8);
  pump();
  expect(got()).toEqual([['s0', 's3', 's5'], ['s1'], ['s2', 's4', 's6']]);
});

it('to a single one, it gets all until it is full', () => {
  const { group, consumers, append, pump, got } = withConsumers('DispatchToSingle', 2, 3);
  append(3);
  pump();
  expect(got()).toEqual([['s0', 's1'], ['s2']]);
  const [first] = consumers;
  if (first) group.ack(first, ['s0', 's1']);
  append(4);
  pump();
  expect(got()).toEqual([
    ['s0', 's1', 's5', 's6'],
    ['s2', 's3', 's4'],
  ]);
});

describe('pinned', () => {
  const streams = Array.from({ length: 40 }, (_, index) => `stream${index}`);
  const streamsOf = (got: readonly string[]) => new Set(got.map((id) => id.replace(/(stream\d+).*/, '$1')));

  function twoConsumers() {
    const fake = withConsumers('Pinned', 1_000, 1_000);
    const round = () => {
      for (const stream of streams) fake.events.push(storedEvent(fake.events.length, `${stream}-`));
      fake.pump();
    };
    return { ...fake, round };
  }

  it('one stream goes to one consumer, and each has its share', () => {
    const { round, got } = twoConsumers();
    for (let time = 0; time < 5; time++) round();
    const [a = [], b = []] = got();
    expect(a.length + b.length).toBe(200);
    expect([...streamsOf(a)].filter((stream) => streamsOf(b).has(stream))).toEqual([]);
    expect(Math.abs(streamsOf(a).size - streamsOf(b).size)).toBeLessThanOrEqual(8);
  });

  it('one that goes leaves its streams to the others; one that comes gets a share', () => {
    const { group, consumers, round, got } = twoConsumers();
    round();
    const [first, second] = consumers;
    if (!first || !second) throw new Error('no consumers');
    group.disconnect(first);
    round();
    expect(streamsOf(second.got).size).toBe(40);
    const third = consumer(1_000);
    group.connect(third);
    const before = second.got.length;
    round();
    expect(third.got.length).toBeGreaterThan(10);
    expect(third.got.length + second.got.length - before).toBe(40);
    expect(got()).toHaveLength(2);
  });

  it('a consumer that is full keeps its own waiting, in order, and nobody else', () => {
    const { group, events, pump, consumers, got } = withConsumers('Pinned', 1, 1_000);
    for (let round = 0; round < 3; round++) {
      for (const stream of ['x', 'y']) events.push(storedEvent(events.length, stream));
    }
    pump();
    const [full] = consumers;
    const [a = [], b = []] = got();
    expect([a.length, b.length]).toEqual([1, 3]);
    for (let round = 0; full && round < 3; round++) {
      group.ack(full, a.slice(-1));
      pump();
    }
    const revisions = a.map((id) => Number(id.slice(1)));
    expect(revisions).toEqual([...revisions].sort());
    expect(a).toHaveLength(3);
  });

  it('by correlation, messages of one correlation go to one consumer, the others by stream', () => {
    const { events, pump, got } = withConsumers('PinnedByCorrelation', 1_000, 1_000);
    const add = (stream: string, metadata: string) =>
      events.push(storedEvent(events.length, stream, { metadata: Buffer.from(metadata) }));
    for (let index = 0; index < 20; index++) add(`many${index}-`, '{"$correlationId":"one"}');
    for (let index = 0; index < 20; index++) add('single-', ['{"$correlationId":7}', 'nonsense', ''][index % 3] ?? '');
    pump();
    const many = got().map((ids) => ids.filter((id) => id.startsWith('many')).length);
    const single = got().map((ids) => ids.filter((id) => id.startsWith('single')).length);
    expect(many.toSorted()).toEqual([0, 20]);
    expect(single.toSorted()).toEqual([0, 20]);
  });
});
