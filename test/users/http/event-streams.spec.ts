import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Overloaded } from '../../../src/event-sourcing/errors.js';
import { EventStreams } from '../../../src/users/http/event-streams.js';
import { apiKeyView } from '../../../src/users/projections/api-key-view.projection.js';
import { userView } from '../../../src/users/projections/user-view.projection.js';
import { entry, FakeProgress, type FakeResponse, feedClient } from '../../support/feed.js';

const KEEP_ALIVE_MS = 15_000;
const MOST_STREAMS = 4_000;
let progress: FakeProgress;
let streams: EventStreams;

beforeEach(() => {
  jest.useFakeTimers();
  progress = new FakeProgress();
  streams = new EventStreams(progress);
});
afterEach(() => {
  jest.useRealTimers();
});

type Live = ReturnType<typeof feedClient>;
function live(wanted: Parameters<typeof feedClient>[0] = {}, after = 0n): Live {
  const one = feedClient(wanted);
  streams.admit(one.client);
  streams.goLive(one.client, one.frames, after);
  return one;
}
const ids = ({ response }: { response: FakeResponse }): string[] =>
  response.read.events.map(({ data }) => (JSON.parse(data) as { id: string }).id);
/** Lets what promises have to say be said. */
const settled = (): Promise<unknown> => jest.advanceTimersByTimeAsync(0);
const ofAccount = (accountId: string, ...types: string[]) => ({
  filter: { accountId, types: types.length > 0 ? types : undefined },
});

describe('what is new', () => {
  it('goes to the clients of its account that asked for its type', () => {
    const [all, other] = [live(ofAccount('A')), live(ofAccount('B'))];
    const [renames, two] = [live(ofAccount('A', 'UserRenamed')), live(ofAccount('A', 'UserAdded', 'UserRemoved'))];
    progress.happened(
      entry(1n, { type: 'UserAdded' }),
      entry(2n),
      entry(3n, { accountId: 'B' }),
      entry(5n, { type: 'ApiKeyIssued' }),
      entry(6n, { type: 'AccessDenied' }),
      entry(7n, { type: 'UserRemoved' }),
    );
    expect([all, other, renames, two].map(ids)).toEqual([['E1', 'E2', 'E7'], ['E3'], ['E2'], ['E1', 'E7']]);
    expect(streams.counts).toEqual({ sent: 7, dropped: 0 });
  });
  it('is told once to whom history told it already', () => {
    const [behind, within, ahead] = [live({}, 0n), live({}, 2n), live({}, 9n)];
    progress.happened(entry(1n), entry(2n), entry(3n));
    progress.happened(entry(4n));
    expect([behind, within, ahead].map(ids)).toEqual([['E1', 'E2', 'E3', 'E4'], ['E3', 'E4'], []]);
    expect(streams.counts.sent).toBe(6);
    progress.happened(entry(10n));
    expect(ids(ahead)).toEqual(['E10']);
  });
  it('does not go to those who still read history, nor to those who left', () => {
    const [reading, gone] = [feedClient(), live()];
    streams.admit(reading.client);
    streams.leave(gone.client);
    streams.goLive(gone.client, gone.frames, 0n);
    progress.happened(entry(1n));
    expect([reading, gone].map(ids)).toEqual([[], []]);
    expect(streams.size).toEqual({ all: 1, live: 0 });
  });
  it('drops the client that takes nothing, counts it, and harms no other', () => {
    const [slow, quick] = [live(), live()];
    slow.response.stalled = true;
    const data = JSON.stringify({ userId: 'U', from: 'x'.repeat(10_000), to: 'y'.repeat(10_000) });
    for (let position = 1n; position <= 40n; position++) progress.happened(entry(position, { data }));
    expect(slow.response.destroyed).toBe(true);
    expect(streams.counts.dropped).toBe(1);
    expect(streams.size).toEqual({ all: 1, live: 1 });
    expect(ids(quick)).toHaveLength(40);
  });
});

describe('a stream is kept alive', () => {
  const later = (): Promise<void> => jest.advanceTimersByTimeAsync(KEEP_ALIVE_MS);

  it('with an id alone, of how far the log is known', async () => {
    const one = live();
    progress.happened(entry(3n, { accountId: 'B' }));
    progress.position = 8n;
    await later();
    const { events, comments, lastEventId } = one.response.read;
    expect([events, comments, one.frames.open(lastEventId, 'after')]).toEqual([[], ['keep-alive'], 8n]);
    await later();
    expect(one.response.read.comments).toHaveLength(2);
  });
  it('without going back behind where the client has been', async () => {
    const one = live({}, 20n);
    progress.position = 8n;
    await later();
    expect(one.frames.open(one.response.read.lastEventId, 'after')).toBe(20n);
  });
  it('not while there is nobody', async () => {
    const one = live();
    streams.leave(one.client);
    expect(jest.getTimerCount()).toBe(0);
    await later();
    expect(one.response.text).toBe('');
  });
});

describe('who may no longer read', () => {
  let allowed: boolean;
  let asked: number;
  beforeEach(() => {
    [allowed, asked] = [true, 0];
  });
  const mayStay = (): Promise<boolean> => {
    asked++;
    return Promise.resolve(allowed);
  };

  it.each([
    [
      'their user changes',
      () => {
        progress.commit(userView.name, { U: {} });
      },
    ],
    [
      'their key changes',
      () => {
        progress.commit(apiKeyView.name, { K: {} });
      },
    ],
    [
      'time has passed',
      () => {
        jest.advanceTimersByTime(KEEP_ALIVE_MS);
      },
    ],
  ])('is sent away when %s, and not while they may', async (_what, happens) => {
    const one = live({ mayStay });
    happens();
    await settled();
    expect([asked, one.response.writableEnded]).toEqual([1, false]);
    allowed = false;
    happens();
    await settled();
    expect([one.response.writableEnded, streams.size]).toEqual([true, { all: 0, live: 0 }]);
    progress.happened(entry(1n));
    expect(ids(one)).toEqual([]);
  });
  it('is sent away while reading history, too', async () => {
    const one = feedClient({ mayStay: () => Promise.resolve(false) });
    streams.admit(one.client);
    progress.commit(userView.name, { U: {} });
    await settled();
    expect(one.response.writableEnded).toBe(true);
  });
  it('is sent away where it cannot be found out', async () => {
    const one = live({ mayStay: () => Promise.reject(new Error('no database')) });
    progress.commit(userView.name, { U: {} });
    await settled();
    expect(one.response.writableEnded).toBe(true);
  });
  it('is not asked about when others change', async () => {
    live({ mayStay });
    progress.commit(userView.name, { other: {} });
    progress.commit(apiKeyView.name, { other: {} });
    progress.commit('another-table', { U: {}, K: {} });
    await settled();
    expect(asked).toBe(0);
  });
  it('is asked about once everybody has been told of the change, whoever listens first', async () => {
    let known = true;
    const one = live({ mayStay: () => Promise.resolve(known) });
    progress.onCommitted(() => (known = false));
    progress.commit(userView.name, { U: {} });
    await settled();
    expect(one.response.writableEnded).toBe(true);
  });
});

describe('an end', () => {
  it('ends every stream, of those who read history too, and admits no more', () => {
    const [one, other, reading] = [live(), live(ofAccount('B')), feedClient()];
    streams.admit(reading.client);
    streams.end();
    expect([one, other, reading].map(({ response }) => response.writableEnded)).toEqual([true, true, true]);
    expect([streams.size, jest.getTimerCount()]).toEqual([{ all: 0, live: 0 }, 0]);
    expect(() => {
      streams.admit(feedClient().client);
    }).toThrow(Overloaded);
  });
});

it('takes so many clients and no more, until one has left', () => {
  const first = live();
  for (let i = 1; i < MOST_STREAMS; i++) streams.admit(feedClient({ apiKeyId: `K${i % 3}` }).client);
  expect(() => live()).toThrow(Overloaded);
  streams.leave(first.client);
  live();
  expect(streams.size).toEqual({ all: MOST_STREAMS, live: 1 });
});

it('leaves room for other keys, however many clients one has', () => {
  const first = live();
  for (let i = 1; i < 2_500; i++) streams.admit(feedClient().client);
  expect(() => live()).toThrow(Overloaded);
  live({ apiKeyId: 'another' });
  streams.leave(first.client);
  live();
});
