import { expect, it } from '@jest/globals';
import {
  EventStoreDBClient,
  PARK,
  persistentSubscriptionToStreamSettingsFromDefaults,
  START,
} from '@eventstore/db-client';
import { problemOf, withService } from './with-service.js';

const context = withService();
const GROUP = { stream: '$ce-user', group: 'metered' };

/** Samples by name and labels, as a scrape without a key gets them. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const answer = await context.service.request('/metrics', { key: '' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^text\/plain; version=0\.0\.4/),
  ]);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** Scrapes until it is so, or the test's own time is over. */
async function until(what: (samples: ReadonlyMap<string, number>) => boolean): Promise<ReadonlyMap<string, number>> {
  for (;;) {
    const samples = await scrape();
    if (what(samples)) return samples;
  }
}

const ofGroup = (name: string): string =>
  `user_ledger_consumer_group_${name}{stream="${GROUP.stream}",group="${GROUP.group}"}`;

it('show how far a group of consumers lags, and what it has parked', async () => {
  const { service } = context;
  const client = EventStoreDBClient.connectionString(service.admin.eventstore_url);
  const settings = persistentSubscriptionToStreamSettingsFromDefaults({
    startFrom: START,
    checkPointLowerBound: 1,
    checkPointAfter: 1,
  });
  await client.createPersistentSubscriptionToStream(GROUP.stream, GROUP.group, settings);
  const lagging = await until((samples) => samples.has(ofGroup('lag_events')));
  expect(lagging.get(ofGroup('lag_events'))).toBeGreaterThan(0);
  expect(lagging.get(ofGroup('connections'))).toBe(0);

  const consumer = client.subscribeToPersistentSubscriptionToStream(GROUP.stream, GROUP.group);
  consumer.on('data', (message) => {
    void consumer.nack(PARK, 'poison', message);
  });
  const parked = await until((samples) => samples.get(ofGroup('parked_events')) === lagging.get(ofGroup('lag_events')));
  expect(parked.get(ofGroup('connections'))).toBe(1);
  await until((samples) => samples.get(ofGroup('lag_events')) === 0);
  await consumer.unsubscribe();
  await client.dispose();
});

it('show who follows the feed', async () => {
  const followers = 'user_ledger_feed_clients{state="live"}';
  expect((await scrape()).get(followers)).toBe(0);
  const stop = new AbortController();
  const headers = { accept: 'text/event-stream' };
  await context.service.request('/v2/user-events', { headers, signal: stop.signal });
  await until((samples) => samples.get(followers) === 1);
  stop.abort();
  await until((samples) => samples.get(followers) === 0);
});

it('show the process and how far the read model has come, and name nobody', async () => {
  const samples = await scrape();
  expect(samples.get('user_ledger_projection_live')).toBe(1);
  expect(samples.get('user_ledger_projection_position')).toBeGreaterThan(0);
  expect(samples.get('user_ledger_event_store_head_position')).toBeGreaterThan(0);
  expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(0);
  expect([...samples.keys()].join()).not.toMatch(/@|ul_/);
});

it('are read, not written', async () => {
  const answer = await context.service.request('/metrics', { method: 'POST', key: '' });
  expect((await problemOf(answer, 405)).type).toBe('/problems/method-not-allowed');
});
