import grpc from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, OutcomeUnknown } from '../../../src/event-sourcing/errors.js';
import { NO_STREAM } from '../../../src/event-sourcing/fact.js';
import { connectEventStore } from '../../../src/infrastructure/event-store/event-store-db.js';
import { script } from '../../support/scripted-calls.js';
import { ScriptedEventStore } from '../../support/scripted-event-store.js';
import { catalogue, upcasters } from './examples.js';
import { renamed, scripted } from './fixtures.js';

const { append, probe } = script;
const given = scripted();
const add = (stream = 'user-1') => given.store.append(stream, NO_STREAM, [renamed()]);
const nothing = () => undefined;

describe('the connection for appends', () => {
  it('repeats on a new client what a store took without an answer', async () => {
    given.server.onAppend.push(append.loseAnswer);
    expect(await add()).toEqual({ revision: 0n, position: 100n });
    expect([given.server.batchCalls, given.server.held.length]).toEqual([2, 1]);
  });

  it('is replaced after the store has ended the call with OK, which settles nothing', async () => {
    given.server.onAppend.push(append.endOk);
    expect(await add()).toEqual({ revision: 0n, position: 100n });
  });

  it('does not wait for ever on a store that is silent for good', async () => {
    given.server.onAppend.push(...Array.from({ length: 99 }, () => script.silence));
    await expect(add()).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  it('survives a lost answer where others arrive', async () => {
    given.server.onAppend.push(append.loseAnswer);
    const lost = add('user-lost');
    await add('user-2');
    await lost;
    expect(given.server.batchCalls).toBe(1);
  });

  it('is replaced once too many answers are lost', async () => {
    given.server.onAppend.push(...Array.from({ length: 4 }, () => append.loseAnswer));
    const lost = ['a', 'b', 'c', 'd'].map((name) => add(`user-${name}`));
    await add();
    await Promise.all(lost);
    expect(given.server.batchCalls).toBe(2);
  });

  it('brings through whatever else was in flight when the call fails', async () => {
    given.server.onAppend.push(
      ...Array.from({ length: 14 }, () => script.silence),
      append.fail(grpc.status.UNAVAILABLE),
    );
    const all = Array.from({ length: 40 }, (_, i) => add(`user-${i}`));
    expect(await Promise.all(all)).toHaveLength(40);
    expect(given.server.held).toHaveLength(40);
  });

  it('asks again, on a new client, after a failed or a silent probe', async () => {
    given.server.onProbe.push(probe.fail(grpc.status.INTERNAL), script.silence, probe.fail(grpc.status.UNAVAILABLE));
    await expect(add()).resolves.toMatchObject({ revision: 0n });
    expect(given.server.probes).toBe(4);
  });

  it('sends nothing on a client whose probe is answered too late', async () => {
    let answerLate = (): void => undefined;
    given.server.onProbe.push((answer) => {
      answerLate = () => {
        probe.answer(answer);
      };
    });
    await add();
    answerLate();
    await add('user-2');
    expect([given.server.batchCalls, given.server.appends.length]).toEqual([1, 2]);
  });

  it('tells whether the store answers', async () => {
    await expect(given.store.ready(1_000)).resolves.toBeUndefined();
    given.server.stop();
    await given.reopen();
    await expect(given.store.ready(50)).rejects.toBeInstanceOf(EventStoreUnavailable);
  });

  it('comes back by itself when the store does', async () => {
    await add();
    const { port } = given.server;
    given.server.stop();
    const meanwhile = add('user-2');
    given.server = await ScriptedEventStore.start({ port });
    expect(await meanwhile).toEqual({ revision: 0n, position: 100n });
  });

  it('goes to the leader where the store says who that is', async () => {
    const leader = await ScriptedEventStore.start();
    given.server.onAppend.push(append.moved(leader.port));
    expect(await add()).toEqual({ revision: 0n, position: 100n });
    expect([given.server.held.length, leader.held.length]).toEqual([0, 1]);
    leader.stop();
  });

  it('asks for the leader in every call that appends', async () => {
    given.server.onAppend.push(append.fail(grpc.status.UNAVAILABLE));
    await add();
    const asked = given.server.appends.map(({ call }) => call.metadata.get('requires-leader'));
    expect(asked).toEqual([['true'], ['true']]);
  });

  it('is not held up by reads, however many a connection serves', async () => {
    const narrow = await ScriptedEventStore.start({ concurrentCalls: 1 });
    await given.reopen({ url: narrow.url });
    narrow.onRead.push(script.silence);
    const stuck = given.store.head().catch(() => 'stuck');
    await narrow.until(() => narrow.reads === 1);
    const stored = add().then(() => 'stored');
    expect(await Promise.race([stuck, stored])).toBe('stored');
    await stuck;
    narrow.stop();
  });

  it('is one for the process', async () => {
    const again = () =>
      connectEventStore({
        url: given.server.url,
        catalogue,
        upcasters,
        logger: { info: nothing, warn: nothing, error: nothing },
      });
    expect(again).toThrow('already appends');
    await given.store.close();
    const other = again();
    await expect(other.close()).resolves.toBeUndefined();
  });

  it('waits on close for what is under way, and then takes nothing more', async () => {
    const under = [add(), add('user-2')];
    await given.store.close();
    expect(await Promise.all(under)).toHaveLength(2);
    await expect(add('user-3')).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(given.store.head()).rejects.toBeInstanceOf(EventStoreUnavailable);
  });

  it('does not wait on close for ever', async () => {
    given.server.onAppend.push(...Array.from({ length: 99 }, () => script.silence));
    const [lost] = await Promise.all([
      expect(add()).rejects.toBeInstanceOf(OutcomeUnknown),
      given.server.until(() => given.server.appends.length > 0).then(() => given.store.close()),
    ]);
    expect(lost).toBeUndefined();
  });
});
