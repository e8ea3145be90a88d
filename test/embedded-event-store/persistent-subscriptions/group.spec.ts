import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '../../../src/embedded-event-store/event.js';
import { consumer, fakeGroup, ids, storedEvent } from './fake-group.js';

/** A group with so many events and one consumer that has got what it may. */
function started(events: number, slots = 10, settings: Parameters<typeof fakeGroup>[0] = {}) {
  const fake = fakeGroup(settings);
  const only = consumer(slots);
  fake.append(events);
  fake.group.connect(only);
  fake.pump();
  return { ...fake, only };
}

describe('a time-out', () => {
  it('takes the message back, frees the slot and tries again', () => {
    const { group, only, tick, pump } = started(3, 2, { messageTimeout: 5_000 });
    tick(4_999);
    pump();
    expect(only.got).toEqual(['s0', 's1']);
    tick(1);
    pump();
    expect(only.got).toEqual(['s0', 's1', 's0/1', 's1/1']);
    group.ack(only, ['s0']);
    pump();
    expect(only.got.at(-1)).toBe('s2');
  });

  it('of nothing is over at the next tick', () => {
    const { only, tick, pump } = started(1, 1, { messageTimeout: 0 });
    tick(0);
    pump();
    expect(only.got).toEqual(['s0', 's0/1']);
  });

  it('counts as a try, and the last one parks', () => {
    const { only, tick, pump, settle, parked } = started(1, 1, { messageTimeout: 1_000, maxRetryCount: 1 });
    for (let time = 0; time < 2; time++) {
      tick();
      pump();
    }
    settle();
    expect(only.got).toEqual(['s0', 's0/1']);
    expect(parked.map(({ reason }) => reason)).toEqual(['Reached retry count of 1']);
  });

  it('leaves an answer that comes too late without effect', () => {
    const { group, only, tick, pump } = started(1, 1, { messageTimeout: 1_000, maxCheckpointCount: 1 });
    tick();
    group.ack(only, ['s0']);
    pump();
    expect(only.got).toEqual(['s0', 's0/1']);
  });
});

describe('a try again', () => {
  it('comes before what is new, in the order of the source', () => {
    const { group, only, pump } = started(6, 4);
    group.nack(only, ['s3', 's1'], 'retry', '');
    group.nack(only, ['s0'], 'retry', '');
    pump();
    expect(only.got.slice(4)).toEqual(['s0/1', 's1/1', 's3/1']);
  });

  it('never comes where none is allowed', () => {
    const { group, only, pump, settle, parked } = started(1, 1, { maxRetryCount: 0 });
    group.nack(only, ['s0'], 'retry', '');
    settle();
    pump();
    expect(only.got).toEqual(['s0']);
    expect(parked).toHaveLength(1);
  });

  it('comes of a consumer that went, whatever the number of tries', () => {
    const { group, only, pump } = started(2, 2, { maxRetryCount: 0 });
    const other = consumer();
    group.disconnect(only);
    group.connect(other);
    pump();
    expect(other.got).toEqual(['s0/1', 's1/1']);
  });
});

describe('an answer', () => {
  it('counts only from the consumer that has the message, and once', () => {
    const { group, only, pump } = started(3, 1);
    const other = consumer(0);
    group.connect(other);
    group.ack(other, ['s0']);
    group.ack(only, ['s7']);
    pump();
    expect(only.got).toEqual(['s0']);
    group.ack(only, ['s0', 's0']);
    group.ack(only, ['s0']);
    pump();
    expect(only.got).toEqual(['s0', 's1']);
  });

  it('is not waited for where two messages have one id', () => {
    const { group, only, events, append, pump } = started(1, 2);
    append(1);
    events[1] = { ...events[1], id: 's0' } as never;
    append(2);
    pump();
    expect(only.got).toEqual(['s0', 's0', 's2']);
    expect(group.inFlight.size).toBe(2);
  });
});

describe('a checkpoint', () => {
  it('goes as far as everything is done', () => {
    const { group, only, checkpoints, settle } = started(6, 6, { maxCheckpointCount: 1 });
    group.ack(only, ['s1', 's2']);
    settle();
    expect(checkpoints).toEqual([]);
    group.ack(only, ['s0']);
    settle();
    expect(checkpoints).toEqual([2]);
    group.nack(only, ['s3'], 'retry', '');
    group.ack(only, ['s4', 's5']);
    settle();
    expect(checkpoints).toEqual([2]);
  });

  it('is written after so many messages', () => {
    const { group, only, checkpoints } = started(6, 6, { maxCheckpointCount: 3 });
    group.ack(only, ['s0', 's1']);
    expect(checkpoints).toEqual([]);
    group.nack(only, ['s2'], 'skip', '');
    expect(checkpoints).toEqual([2]);
  });

  it('is written after so long, if there are enough for it', () => {
    const { group, only, checkpoints, tick } = started(6, 6, { minCheckpointCount: 2, checkpointAfter: 2_000 });
    group.ack(only, ['s0']);
    tick(2_000);
    expect(checkpoints).toEqual([]);
    group.ack(only, ['s1']);
    tick(0);
    expect(checkpoints).toEqual([1]);
  });

  it('is not written sooner than that, or where nothing was done', () => {
    const { group, only, checkpoints, tick, settle } = started(3, 3, { minCheckpointCount: 0, checkpointAfter: 2_000 });
    tick(1_999);
    group.ack(only, ['s0']);
    expect(checkpoints).toEqual([]);
    tick(1);
    settle();
    tick(5_000);
    expect(checkpoints).toEqual([0]);
  });

  it('is never written for the time alone where that is 0', () => {
    const { group, only, checkpoints, tick } = started(3, 3, { minCheckpointCount: 1, checkpointAfter: 0 });
    group.ack(only, ['s0']);
    tick(100_000);
    expect(checkpoints).toEqual([]);
  });

  it('counts what the filter leaves out', () => {
    const { group, only, checkpoints } = started(8, 8, {
      maxCheckpointCount: 5,
      wants: ({ revision }) => revision === 6,
    });
    expect(only.got).toEqual(['s6']);
    group.ack(only, ['s6']);
    expect(checkpoints).toEqual([7]);
  });

  it('is not written for the sake of checkpoints', () => {
    const wants = ({ type }: StoredEvent) => type !== 'Checkpoint';
    const { group, only, events, checkpoints, settle, pump, tick } = started(1, 8, { minCheckpointCount: 0, wants });
    group.ack(only, ['s0']);
    for (let round = 0; round < 3; round++) {
      tick(5_000);
      settle();
      events.push(storedEvent(events.length, 's', { type: 'Checkpoint' }));
      pump();
    }
    expect(checkpoints).toEqual([0]);
  });

  it('does not pass over a message that is being parked', () => {
    const { group, only, checkpoints, parked, settle } = started(2, 2, { maxCheckpointCount: 1 });
    group.nack(only, ['s0'], 'park', 'why');
    group.ack(only, ['s1']);
    expect(checkpoints).toEqual([]);
    settle();
    expect(parked.map(({ reason }) => reason)).toEqual(["Client explicitly NAK'ed message.\nwhy"]);
    expect(checkpoints).toEqual([1]);
  });

  it('is tried again if it could not be written', () => {
    const { group, only, checkpoints, settle } = started(3, 3, { maxCheckpointCount: 1 });
    group.ack(only, ['s0']);
    group.ack(only, ['s1']);
    expect(checkpoints).toEqual([0]);
    settle(false);
    expect(group.progress.checkpoint).toBeUndefined();
    group.ack(only, ['s2']);
    settle();
    expect(checkpoints).toEqual([0, 2]);
    expect(group.progress.checkpoint).toBe(2);
  });

  it('is where a group goes on', () => {
    const { only, group } = started(6, 6, { checkpoint: 3 });
    expect(only.got).toEqual(['s4', 's5']);
    expect(group.progress.checkpoint).toBe(3);
  });

  it('is written at last, as far as it goes', () => {
    const { group, only, checkpoints } = started(6, 4);
    group.ack(only, ['s0', 's1', 's3']);
    group.disconnect(only);
    group.flush();
    expect(checkpoints).toEqual([1]);
  });
});

describe('a parked message', () => {
  it('that could not be written is tried again', () => {
    const { group, only, pump, settle, parked } = started(1, 1);
    group.nack(only, ['s0'], 'park', '');
    settle(false);
    pump();
    expect(parked).toEqual([]);
    expect(only.got).toEqual(['s0', 's0']);
  });

  it('comes back after other tries, and holds no checkpoint back', () => {
    const { group, only, pump, settle, checkpoints, truncated } = started(5, 5, { maxCheckpointCount: 1 });
    group.nack(only, ['s0', 's1'], 'park', '');
    settle();
    group.replay.start();
    group.nack(only, ['s4'], 'retry', '');
    pump();
    expect(only.got.slice(5)).toEqual(['s4/1', 'parked0', 'parked1']);
    group.ack(only, ['s2', 's3', 's4']);
    settle();
    expect(checkpoints.at(-1)).toBe(4);
    expect(truncated).toEqual([]);
    group.ack(only, ['parked1']);
    expect(truncated).toEqual([]);
    group.ack(only, ['parked0']);
    expect(truncated).toEqual([2]);
  });

  it('is forgotten from time to time, up to the first that is not done', () => {
    const { group, only, pump, settle, truncated, tick } = started(4, 4);
    group.nack(only, ids(0, 4), 'park', '');
    settle();
    group.replay.start();
    pump();
    group.ack(only, ['parked0', 'parked2']);
    tick(0);
    expect(truncated).toEqual([1]);
    tick(0);
    expect(truncated).toEqual([1]);
    expect(group.replay.parkedCount).toBe(0);
  });

  it('comes a few at a time, however many there are', () => {
    const { group, only, pump, settle } = started(40, 40, {
      historyBufferSize: 12,
      liveBufferSize: 12,
      readBatchSize: 5,
    });
    for (let round = 0; round < 4; round++) {
      group.nack(only, ids(0, 40), 'park', '');
      settle();
      pump();
    }
    expect(group.replay.parkedCount).toBe(40);
    group.disconnect(only);
    group.replay.start();
    for (let turn = 0; turn < 9; turn++) group.pump();
    expect(group.retries.waiting.length).toBeLessThan(12 + 5);
    const other = consumer(100);
    group.connect(other);
    pump();
    expect(other.got).toEqual(ids(0, 40, 'parked'));
  });
});

describe('the backlog', () => {
  it('holds what the settings allow, of history and of what comes', () => {
    const { group, append, pump, events } = fakeGroup({ historyBufferSize: 30, liveBufferSize: 7 });
    append(100);
    pump();
    expect([group.backlog.waiting.length, group.backlog.isLive]).toEqual([30, false]);
    const all = consumer(1_000);
    group.connect(all);
    pump();
    expect([all.got, group.backlog.isLive]).toEqual([ids(0, 100), true]);
    group.disconnect(all);
    for (const message of group.retries.waiting.splice(0)) expect(message.retries).toBe(1);
    append(7);
    pump();
    expect([group.backlog.waiting.length, group.backlog.isLive]).toEqual([7, true]);
    append(93);
    pump();
    expect(group.backlog.waiting.length).toBe(7);
    group.backlog.waiting.splice(0, 1);
    pump();
    expect([group.backlog.waiting.length, group.backlog.isLive]).toEqual([30, false]);
    expect(group.backlog.lastKnown).toBe(events.length - 1);
    const next = consumer(1_000);
    group.connect(next);
    pump();
    expect(next.got).toEqual(ids(101, 200));
  });

  it('knows no last event before it has seen one', () => {
    const { group, append, pump } = fakeGroup({ startAfter: 4 });
    append(5);
    pump();
    expect(group.backlog.lastKnown).toBeUndefined();
    append(1);
    pump();
    expect(group.backlog.lastKnown).toBe(5);
  });
});
