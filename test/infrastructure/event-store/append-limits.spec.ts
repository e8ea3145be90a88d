import { describe, expect, it } from '@jest/globals';
import { EventTooLarge, Overloaded } from '../../../src/event-sourcing/errors.js';
import { NO_STREAM } from '../../../src/event-sourcing/fact.js';
import { script } from '../../support/scripted-calls.js';
import { renamed, scripted } from './fixtures.js';

const given = scripted();
const add = (i: number, size = 1) => given.store.append(`user-${i}`, NO_STREAM, [renamed('x'.repeat(size))]);
const outcomes = async (appends: Promise<unknown>[]) =>
  (await Promise.allSettled(appends)).map((outcome) =>
    outcome.status === 'fulfilled' ? 'stored' : (outcome.reason as Error).constructor.name,
  );

describe('the limits on appends', () => {
  it('hand no more than 15 to the client', async () => {
    given.server.onAppend.push(...Array.from({ length: 15 }, () => script.silence));
    const all = Array.from({ length: 30 }, (_, i) => add(i));
    await given.server.until(() => given.server.appends.length === 15);
    await given.store.head(); // a round trip in which a sixteenth would have come
    expect(given.server.appends).toHaveLength(15);
    expect(await outcomes(all)).toEqual(Array.from({ length: 30 }, () => 'stored'));
  });

  it('hand over no more bytes than allowed, but always one append', async () => {
    await given.reopen({ limits: { bytesInFlight: 250_000 } });
    const sizes = [100_000, 100_000, 100_000, 400_000, 1];
    let most = 0;
    const open = new Set<number>();
    // Answers come a turn late, so that whatever the adapter hands over at once is here at once.
    for (const [i] of sizes.entries())
      given.server.onAppend.push((append) => {
        open.add(i);
        most = Math.max(most, open.size);
        void given.store.head().then(() => {
          open.delete(i);
          append.commit();
        });
      });
    expect(await outcomes(sizes.map((size, i) => add(i, size)))).toEqual(sizes.map(() => 'stored'));
    expect(most).toBeLessThanOrEqual(2);
  });

  it('refuse at once what would wait behind too many', async () => {
    await given.reopen({ limits: { appendsWaiting: 20, bytesWaiting: 100_000 } });
    await add(0);
    given.server.onAppend.push(...Array.from({ length: 15 }, () => script.silence));
    const all = await outcomes(Array.from({ length: 40 }, (_, i) => add(i + 1)));
    expect(all.filter((one) => one === 'Overloaded')).toHaveLength(5);
    expect(all.filter((one) => one === 'stored')).toHaveLength(35);
    await expect(add(99, 200_000)).rejects.toBeInstanceOf(Overloaded);
  });

  it('keep the place of a lost answer, for the client still holds it', async () => {
    await given.reopen({ limits: { appendsInFlight: 2 } });
    given.server.onAppend.push(script.append.loseAnswer);
    const lost = add(0);
    await outcomes(Array.from({ length: 50 }, (_, i) => add(i + 1)));
    expect(await lost).toMatchObject({ revision: 0n });
  });

  it('free the places on a call that ended without settling anything', async () => {
    await given.reopen({ limits: { appendsInFlight: 2 } });
    const { endOk } = script.append;
    given.server.onAppend.push(endOk, endOk);
    expect(await outcomes([add(1), add(2), add(3)])).toEqual(['stored', 'stored', 'stored']);
    given.server.onAppend.push(endOk);
    expect(await outcomes([add(4), add(5), add(6)])).toEqual(['stored', 'stored', 'stored']);
  });

  it('refuse what is too large before it is sent', async () => {
    await expect(add(1, 1_000_000)).rejects.toBeInstanceOf(EventTooLarge);
    expect(given.server.appends).toHaveLength(0);
  });

  it('count two-byte letters as two, and metadata too', async () => {
    await given.reopen({ limits: { appendBytes: 1_000 } });
    await expect(given.store.append('user-1', NO_STREAM, [renamed('é'.repeat(400))])).rejects.toBeInstanceOf(
      EventTooLarge,
    );
    await expect(given.store.append('user-1', NO_STREAM, [renamed('e'.repeat(400))])).resolves.toBeDefined();
  });

  it('let nothing pass that cannot be serialised', async () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    for (const more of [{ large: 1n }, cycle]) {
      const event = renamed();
      const broken = { ...event, data: { ...event.data, ...more } };
      await expect(given.store.append('user-1', NO_STREAM, [broken])).rejects.toBeInstanceOf(TypeError);
    }
    expect(given.server.appends).toHaveLength(0);
  });
});
