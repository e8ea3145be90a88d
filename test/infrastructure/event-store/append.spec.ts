import grpc from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import {
  EventStoreUnavailable,
  EventTooLarge,
  OutcomeUnknown,
  WrongExpectedRevision,
} from '../../../src/event-sourcing/errors.js';
import { NO_STREAM } from '../../../src/event-sourcing/fact.js';
import { eventually } from '../../support/load.js';
import { script } from '../../support/scripted-calls.js';
import { held, impatient, renamed, scripted } from './fixtures.js';

const { append } = script;
const given = scripted();
const doubtful = [
  grpc.status.CANCELLED,
  grpc.status.UNKNOWN,
  grpc.status.DEADLINE_EXCEEDED,
  grpc.status.ABORTED,
  grpc.status.INTERNAL,
  grpc.status.UNAVAILABLE,
];

const add = () => given.store.append('user-1', NO_STREAM, [renamed(), renamed()]);
const idle = { inFlight: 0, waiting: 0, inDoubt: 0 };
const stored = () => given.server.eventsOf('user-1').length;

describe('append', () => {
  it('says where the last event stands', async () => {
    expect(await add()).toEqual({ revision: 1n, position: 200n });
    expect(await given.store.append('user-1', 1n, [renamed()])).toEqual({ revision: 2n, position: 300n });
  });

  it('always names the revision it expects', async () => {
    await add();
    await given.store.append('user-1', 1n, [renamed()]);
    expect(given.server.appends.map(({ expected }) => expected)).toEqual([NO_STREAM, 1n]);
  });

  it('names the revision the stream stands at, not a boolean made a number', async () => {
    await add();
    const late = given.store.append('user-1', 0n, [renamed()]);
    await expect(late).rejects.toEqual(new WrongExpectedRevision('user-1', 0n, 1n));
    await expect(add()).rejects.toMatchObject({ expected: NO_STREAM, actual: 1n });
  });

  it('sends a deadline that a clock running hours late does not make the past', async () => {
    await add();
    const seconds = given.server.appends[0]?.request.getOptions()?.getDeadline()?.getSeconds() ?? 0;
    expect(seconds * 1_000 - Date.now()).toBeGreaterThan(3_000_000);
  });

  it.each(doubtful)('finds what was stored before the call failed with status %d', async (code) => {
    given.server.onAppend.push(append.storeAndFail(code));
    expect(await add()).toEqual({ revision: 1n, position: 200n });
    expect(stored()).toBe(2);
    expect(given.store.appending).toEqual({ ...idle, resolved: { stored: 1, not_stored: 0, unknown: 0 } });
  });

  it.each(doubtful)('repeats what was not stored when the call failed with status %d', async (code) => {
    given.server.onAppend.push(append.fail(code), append.fail(code));
    await add();
    const [first, ...again] = given.server.appends;
    expect(again).toHaveLength(2);
    for (const { ids, expected } of again) expect({ ids, expected }).toEqual({ ids: first?.ids, expected: NO_STREAM });
  });

  it.each(['Timeout', 'Unknown', 'BadRequest'])(
    'takes the answer %s for doubt, and keeps the connection',
    async (name) => {
      given.server.onAppend.push(append.answer(name));
      await add();
      expect([given.server.appends.length, given.server.batchCalls]).toEqual([2, 1]);
    },
  );

  it('finds its events where the store only speaks of a conflict', async () => {
    given.server.onAppend.push(append.storeAndFail(grpc.status.UNAVAILABLE), append.conflict);
    expect(await add()).toEqual({ revision: 1n, position: 200n });
  });

  it('finds its place where the store leaves it out', async () => {
    given.server.onAppend.push((received) => {
      received.commit(false);
    });
    expect(await add()).toEqual({ revision: 1n, position: 200n });
  });

  it('finds that another writer came first, after doubt', async () => {
    given.server.onAppend.push((received) => {
      given.server.hold('user-1', held());
      append.fail(grpc.status.UNAVAILABLE)(received);
    });
    await expect(add()).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(stored()).toBe(1);
    expect(given.store.appending).toEqual({ ...idle, resolved: { stored: 0, not_stored: 1, unknown: 0 } });
  });

  it('does not take half of its events for all', async () => {
    const events = [renamed(), renamed()];
    given.server.hold('user-1', held('Ada', { id: events[0]?.id ?? '' }));
    given.server.hold('user-1', held());
    given.server.onAppend.push(append.fail(grpc.status.UNAVAILABLE));
    await expect(given.store.append('user-1', NO_STREAM, events)).rejects.toBeInstanceOf(WrongExpectedRevision);
  });

  it('accepts an answer that comes after its time', async () => {
    await given.store.append('user-0', NO_STREAM, [renamed()]);
    given.server.onAppend.push(script.silence, append.commit, () => {
      given.server.appends[1]?.commit();
    });
    const late = add();
    await given.store.append('user-2', NO_STREAM, [renamed()]);
    expect(await late).toEqual({ revision: 1n, position: 400n });
    expect([given.server.appends.length, given.server.batchCalls]).toEqual([4, 1]);
  });

  it('says so where the outcome stays unknown', async () => {
    given.server.onAppend.push(...Array.from({ length: 99 }, () => append.fail(grpc.status.UNAVAILABLE)));
    const failing = add();
    await given.server.until(() => given.server.appends.length > 1);
    expect(given.store.appending.inDoubt).toBe(1);
    await expect(failing).rejects.toBeInstanceOf(OutcomeUnknown);
    // The caller is told at its deadline, also while an attempt is on its way.
    await eventually('no attempt is under way', () => given.store.appending.inFlight === 0);
    expect(given.store.appending).toEqual({ ...idle, resolved: { stored: 0, not_stored: 0, unknown: 1 } });
  });

  it('says unavailable where nothing was ever sent', async () => {
    given.server.stop();
    await expect(add()).rejects.toBeInstanceOf(EventStoreUnavailable);
  });

  it.each(['StreamDeleted', 'AccessDenied'])('gives up at once when refused with %s', async (name) => {
    given.server.onAppend.push(append.answer(name));
    await expect(add()).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(given.server.appends).toHaveLength(1);
  });

  it('knows too large by its name and by newer names', async () => {
    given.server.onAppend.push(
      append.answer('MaximumAppendSizeExceeded'),
      append.answer('New', 'Maximum Append Event Size Exceeded'),
    );
    await expect(add()).rejects.toBeInstanceOf(EventTooLarge);
    await expect(add()).rejects.toBeInstanceOf(EventTooLarge);
  });

  it('does not say for certain what only the last attempt was refused', async () => {
    given.server.onAppend.push(append.fail(grpc.status.UNAVAILABLE), append.answer('AccessDenied'));
    await expect(add()).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  describe.each(['Server Is Not Ready', 'Server Is Too Busy', 'nothing was written: the disk is full'])(
    'where the store declines it: %s',
    (message) => {
      const declines = append.answer('NotHandled', message);
      it('is tried again for a moment', async () => {
        given.server.onAppend.push(declines, declines);
        expect(await add()).toMatchObject({ revision: 1n });
        expect(given.server.batchCalls).toBe(1);
      });
      it('fails soon, and says for certain that nothing was stored', async () => {
        given.server.onAppend.push(...Array.from({ length: 99 }, () => declines));
        const from = performance.now();
        await expect(add()).rejects.toBeInstanceOf(EventStoreUnavailable);
        expect(performance.now() - from).toBeLessThan(impatient.appendTotal);
      });
      it('stays in doubt where an earlier attempt is', async () => {
        given.server.onAppend.push(append.fail(grpc.status.UNAVAILABLE), ...Array.from({ length: 99 }, () => declines));
        await expect(add()).rejects.toBeInstanceOf(OutcomeUnknown);
      });
    },
  );

  it('goes the classic way where the store offers no batches', async () => {
    given.server.onProbe.push(script.probe.withoutBatch);
    expect(await add()).toEqual({ revision: 1n, position: 200n });
    expect(given.server.batchCalls).toBe(0);
  });

  it('checks the revision alone where there are no events, and is never in doubt about that', async () => {
    const { revision, position } = await add();
    expect(await given.store.append('user-1', revision, [])).toEqual({ revision, position });
    expect(await given.store.append('user-2', NO_STREAM, [])).toEqual({ revision: NO_STREAM, position });
    given.server.onAppend.push(append.fail(grpc.status.UNAVAILABLE));
    await expect(given.store.append('user-1', 0n, [])).rejects.toEqual(new WrongExpectedRevision('user-1', 0n, 1n));
    given.server.onAppend.push(...Array.from({ length: 99 }, () => script.silence));
    await expect(given.store.append('user-1', 1n, [])).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(stored()).toBe(2);
  });
});
