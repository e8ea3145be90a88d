import { expect, it } from '@jest/globals';
import { EventStoreUnavailable } from '../../../src/event-sourcing/errors.js';
import { held, scripted } from './fixtures.js';

const given = scripted();
const after = (position: bigint | undefined) => given.store.backlog.after(['user-', 'account-'], position);

it('is nothing in an empty log, and behind the last event', async () => {
  expect(await after(undefined)).toEqual({ events: 0, seconds: 0 });
  const { position } = given.server.hold('user-1', held());
  expect(await after(position)).toEqual({ events: 0, seconds: 0 });
});

it('counts the events of the streams named, after a position', async () => {
  const { position } = given.server.hold('user-1', held());
  given.server.hold('other-1', held());
  given.server.hold('account-1', held());
  given.server.hold('user-2', held());
  expect(await after(position)).toMatchObject({ events: 2 });
  expect(await after(undefined)).toMatchObject({ events: 3 });
});

it('is told of events that cannot be read, too', async () => {
  given.server.hold('user-1', held('Ada', { data: Buffer.from('{') }));
  expect(await after(undefined)).toMatchObject({ events: 1 });
});

it('is as old as the store says that the oldest of them is', async () => {
  // The scripted store took everything at the beginning of 1970.
  given.server.hold('user-1', held());
  const before = Date.now() / 1000;
  const { seconds } = await after(undefined);
  expect(seconds).toBeGreaterThanOrEqual(before);
  expect(seconds).toBeLessThanOrEqual(Date.now() / 1000);
});

it('says unavailable where the store does not answer', async () => {
  given.server.stop();
  await expect(after(undefined)).rejects.toBeInstanceOf(EventStoreUnavailable);
});
