import { expect, it } from '@jest/globals';
import type { Behind } from '../src/event-sourcing/backlog.js';
import { ServiceReadiness } from '../src/readiness.js';

type Given = Readonly<{ head?: boolean; writable?: boolean; state?: string; behind?: Behind | undefined }>;

const check = ({ head = true, writable = true, state = 'live', behind = { events: 0, seconds: 0 } }: Given) =>
  new ServiceReadiness(
    {
      head: () => (head ? Promise.resolve(1n) : Promise.reject(new Error('down'))),
      writable: () => Promise.resolve(writable),
    } as never,
    { state, position: 1n } as never,
    { after: () => (head ? Promise.resolve(behind) : Promise.reject(new Error('down'))) },
    ['user-'],
  ).check();

const well = { event_store: 'answers', writes: 'accepted', projections: 'live' };

it.each<[string, Given, boolean, object]>([
  ['all is well', {}, true, {}],
  ['the read model is a little behind', { behind: { events: 9, seconds: 29 } }, true, {}],
  ['an event stays untold', { behind: { events: 1, seconds: 31 } }, false, { projections: 'lagging by 31 s' }],
  ['the projector has stopped', { state: 'stopped' }, false, { projections: 'stopped' }],
  ['appends are refused', { writable: false }, false, { writes: 'refused' }],
  ['the store is down', { head: false }, false, { event_store: 'does not answer', writes: 'unknown' }],
])('where %s', async (_, given, ready, says) => {
  expect(await check(given)).toEqual({ ready, checks: { ...well, ...says } });
});
