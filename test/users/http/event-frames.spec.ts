import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidRequest } from '../../../src/http/invalid-request.js';
import { EventFrames, type FeedFilter } from '../../../src/users/http/event-frames.js';
import { cursors, entry } from '../../support/feed.js';
import { readServerSentEvents } from '../../support/server-sent-events.js';

const framesOf = (filter: Partial<FeedFilter> = {}): EventFrames =>
  new EventFrames({ accountId: 'A', types: undefined, ...filter }, cursors);
const frames = framesOf();
const position = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

function expectRefused(cursor: string, by = frames): void {
  for (const field of ['after', 'Last-Event-ID']) {
    const open = (): bigint => by.open(cursor, field);
    expect(open).toThrow(InvalidRequest);
    try {
      open();
    } catch (error) {
      expect((error as InvalidRequest).errors.map((fault) => fault.field)).toEqual([field]);
    }
  }
}

it('opens the cursors it made, wherever they point', () => {
  fc.assert(fc.property(position, (place) => frames.open(frames.cursor(place), 'after') === place));
  expect(frames.cursor(7n)).toBe(framesOf().cursor(7n));
});

it.each<[string, Partial<FeedFilter>]>([
  ['another account', { accountId: 'B' }],
  ['some types', { types: ['UserRenamed'] }],
  ['no types', { types: [] }],
])('refuses a cursor of %s', (_what, filter) => {
  expectRefused(framesOf(filter).cursor(7n));
  expectRefused(frames.cursor(7n), framesOf(filter));
});

it('refuses a cursor of other types', () => {
  expectRefused(framesOf({ types: ['UserAdded'] }).cursor(7n), framesOf({ types: ['UserAdded', 'UserRenamed'] }));
});

it('refuses a cursor with any one character another, one less, or one more', () => {
  const cursor = frames.cursor(4711n);
  for (let i = 0; i < cursor.length; i++) {
    for (const other of ['A', 'b', '.', '=', '-'].filter((text) => text !== cursor[i]))
      expectRefused(cursor.slice(0, i) + other + cursor.slice(i + 1));
    expectRefused(cursor.slice(0, i) + cursor.slice(i + 1));
  }
  for (const text of ['', '.', 'x', `${cursor}A`, `${cursor}.`, ` ${cursor}`, '0', 'null']) expectRefused(text);
});

it('writes events that any reader of server-sent events gets back, whatever is in a name', () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', '\u2028', '\u2029', '\0', '😀', 'é', ':', ' ', '"'),
      fc.string(),
    ),
  });
  const written = fc.array(fc.record({ place: position, from: name, to: name }), { maxLength: 5 });
  fc.assert(
    fc.property(written, (all) => {
      const entries = all.map(({ place, ...names }) =>
        entry(place, { data: JSON.stringify({ userId: 'U', ...names }) }),
      );
      const { events, lastEventId } = readServerSentEvents(frames.beginning() + frames.events(entries));
      expect(events.map(({ type }) => type)).toEqual(all.map(() => 'UserRenamed'));
      expect(events.map(({ id }) => frames.open(id, 'after'))).toEqual(all.map(({ place }) => place));
      const told = events.map(({ data }) => (JSON.parse(data) as { data: object }).data);
      expect(told).toEqual(all.map(({ from, to }) => ({ userId: 'U', from, to })));
      expect(lastEventId).toBe(events.at(-1)?.id ?? '');
    }),
  );
});

it('moves the cursor without an event to keep a stream alive, and says when history is through', () => {
  const alive = readServerSentEvents(frames.keepAlive(12n));
  expect(alive).toMatchObject({ events: [], comments: ['keep-alive'], lastEventId: frames.cursor(12n) });
  expect(readServerSentEvents(frames.caughtUp(9n)).events).toEqual([
    { id: frames.cursor(9n), type: 'caught-up', data: '{}' },
  ]);
});

it('asks clients to come back after one to three seconds', () => {
  for (let i = 0; i < 100; i++) {
    const { retry = 0, events } = readServerSentEvents(frames.beginning());
    expect([events, retry >= 1000, retry < 3000]).toEqual([[], true, true]);
  }
});
