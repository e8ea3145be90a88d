import { describe, expect, it } from '@jest/globals';
import { NOTHING_TOLD, tallied } from '../../src/event-sourcing/tally.js';

const eventOf = (n: number) => ({
  position: BigInt(n * 100),
  id: `0199b2c4-0000-7000-8000-${String(n).padStart(12, '0')}`,
});
const events = Array.from({ length: 1_000 }, (_, n) => eventOf(n));
const all = tallied(NOTHING_TOLD, events);

describe('a tally', () => {
  it('is the same in whatever parts the events are told', () => {
    for (const size of [1, 7, 999]) {
      let tally = NOTHING_TOLD;
      for (let at = 0; at < events.length; at += size) tally = tallied(tally, events.slice(at, at + size));
      expect(tally).toEqual(all);
    }
    expect(all.events).toBe(1_000);
    expect(tallied(all, [])).toEqual(all);
  });

  it.each([
    ['one is left out', events.toSpliced(500, 1)],
    ['the last one is left out', events.slice(0, -1)],
    ['one is told twice', events.toSpliced(500, 0, eventOf(500))],
  ])('has another number where %s', (_, told) => {
    expect(tallied(NOTHING_TOLD, told).events).not.toBe(all.events);
  });

  it.each([
    ['another is told in the place of one', events.with(500, { ...eventOf(500), id: eventOf(2_000).id })],
    ['one is told for another place', events.with(500, { ...eventOf(500), position: 50_001n })],
    ['two change places', events.with(500, eventOf(501)).with(501, eventOf(500))],
    ['one is left out and another told twice', events.toSpliced(500, 1).toSpliced(10, 0, eventOf(10))],
  ])('has as many events, and is another, where %s', (_, told) => {
    const tally = tallied(NOTHING_TOLD, told);
    expect([tally.events, tally.chain === all.chain]).toEqual([all.events, false]);
  });
});
