import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  EventStoreDBClient,
  PARK,
  persistentSubscriptionToStreamSettingsFromDefaults,
  START,
} from '@eventstore/db-client';
import { formatApiKey } from '../../src/users/domain/api-key.js';
import { daysFromNow } from '../support/seed.js';
import { onOwnStore, problemOf, skippedOnShared, withService } from './with-service.js';

const context = withService({ RATE_LIMIT_FAILED_AUTH: '20' });
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

onOwnStore(`show how far a group of consumers lags, and what it has parked${skippedOnShared}`, async () => {
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
  // Held on to to the end: an answer that nobody holds is swept up, and its connection closed (undici).
  const answer = await context.service.request('/v2/user-events', { headers: { accept: 'text/event-stream' } });
  await until((samples) => samples.get(followers) === 1);
  await answer.body?.cancel();
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

/** How much samples rise by what happens meanwhile. */
async function rises(happens: () => Promise<unknown>, ...names: string[]): Promise<number[]> {
  const before = await settled();
  await happens();
  const after = await settled();
  return names.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0));
}

/** Samples from after now: those told again within a second may be older. */
async function settled(): Promise<ReadonlyMap<string, number>> {
  const { user_id: id } = context.service.admin;
  const asked =
    'user_ledger_http_request_duration_seconds_count{method="DELETE",route="/v2/users/:user_id",status_class="4xx"}';
  const before = (await scrape()).get(asked) ?? 0;
  // One's own removal is refused, and seen in the samples that follow.
  await problemOf(await context.service.request(`/v2/users/${id}`, { method: 'DELETE' }), 422);
  return until((samples) => (samples.get(asked) ?? 0) > before);
}

describe('show what callers do', () => {
  const update = (body: object) => context.service.update(context.service.admin.user_id, body);
  const route = (method: string, statusClass: string): string =>
    `user_ledger_http_request_duration_seconds_count{method="${method}",route="/v2/users/:user_id",status_class="${statusClass}"}`;

  it('an update: its request, command, append, look-ups and projection', async () => {
    const risen = await rises(
      () => update({ name: 'Measured' }),
      route('PATCH', '2xx'),
      'user_ledger_commands_total{command="UpdateUser",outcome="changed"}',
      'user_ledger_command_duration_seconds_count{command="UpdateUser"}',
      'user_ledger_projection_events_total',
      'user_ledger_projection_batch_events_sum',
    );
    expect(risen).toEqual([1, 1, 1, 1, 1]);
    const [appended, timed, found, rows] = await rises(
      () => update({ name: 'Measured again' }),
      'user_ledger_appends_total{outcome="stored"}',
      'user_ledger_append_duration_seconds_count',
      'user_ledger_cache_requests_total{cache="aggregate_user",result="hit"}',
      'user_ledger_cache_requests_total{cache="rows",result="miss"}',
    );
    expect(appended).toBeGreaterThanOrEqual(1);
    expect(timed).toBe(appended);
    expect(found).toBeGreaterThanOrEqual(1);
    expect(rows).toBeGreaterThanOrEqual(1);
  });

  it('an update that changes nothing, and one that is refused', async () => {
    const outcomes = ['unchanged', 'refused'].map(
      (outcome) => `commands_total{command="UpdateUser",outcome="${outcome}"}`,
    );
    const nobody = Buffer.from('User:01ARZ3NDEKTSV4RRFFQ69G5FAV').toString('base64');
    const risen = await rises(
      async () => {
        await update({ is_developer: true });
        await problemOf(await context.service.update(nobody, { name: 'Nobody' }), 404);
      },
      ...outcomes.map((outcome) => `user_ledger_${outcome}`),
      route('PATCH', '4xx'),
      'user_ledger_http_problems_total{type="user-not-found"}',
    );
    expect(risen).toEqual([1, 1, 1, 1]);
  });

  it('keys that are no good by what is wrong with them, then that their address is held back', async () => {
    const { service, seed } = context;
    const revoked = await seed.user();
    await seed.revokeKey(revoked.keyId);
    const expired = await seed.user({ expiresAt: daysFromNow(-1) });
    const idle = await seed.user({ status: 'removed' });
    const keys = ['', 'ul_no', formatApiKey(randomBytes(20)), revoked.key, expired.key, idle.key];
    const ask = (key: string) => service.request('/v2/api-keys', { key });
    const kinds = ['missing', 'malformed', 'unknown', 'revoked', 'expired', 'owner_inactive'];
    const risen = await rises(
      async () => {
        for (const key of keys) await problemOf(await ask(key), 401);
      },
      ...kinds.map((kind) => `user_ledger_authentication_failures_total{kind="${kind}"}`),
    );
    expect(risen).toEqual(kinds.map(() => 1));
    const [limited] = await rises(async () => {
      while ((await ask('')).status !== 429);
    }, 'user_ledger_rate_limited_total{rate="failed-auth"}');
    expect(limited).toBe(1);
  });

  it('paths that lead nowhere under one name', async () => {
    const nowhere = 'user_ledger_http_request_duration_seconds_count{method="any",route="(none)",status_class="4xx"}';
    const ask = async () => {
      for (const path of ['/a', '/b?c=d', '/e/f']) await context.service.request(path);
    };
    expect(await rises(ask, nowhere)).toEqual([3]);
  });
});

it('show that nothing is behind, full or in doubt', async () => {
  const samples = await until((all) => all.get('user_ledger_projection_lag_events') === 0);
  const zeros = ['projection_lag_seconds', 'appends_waiting', 'appends_in_doubt', 'trace_export_failures_total'];
  expect(zeros.map((name) => samples.get(`user_ledger_${name}`))).toEqual([0, 0, 0, 0]);
  expect(samples.get('user_ledger_event_store_writable')).toBe(1);
  expect(samples.get('user_ledger_data_dir_free_bytes')).toBeGreaterThan(0);
  expect(samples.get('user_ledger_http_connections')).toBeGreaterThan(0);
  expect(samples.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
});

onOwnStore(`show how long the write-ahead log of the embedded store is${skippedOnShared}`, async () => {
  expect((await scrape()).get('user_ledger_sqlite_wal_bytes{database="event_store"}')).toBeGreaterThan(0);
});

it('are listed in the documentation, each with its labels, and nothing else is', async () => {
  const told = await (await context.service.request('/metrics', { key: '' })).text();
  const published = [...told.matchAll(/^# TYPE (user_ledger_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  const rows = [
    ...readFileSync('docs/observability.md', 'utf8').matchAll(/^\| `(user_ledger_\w+)`\s+\| (\w+)\s+\|([^|]*)\|/gm),
  ];
  const documented = rows.map(([, name, type]) => `${name} ${type}`);
  expect(published.length).toBeGreaterThan(30);
  expect(documented.sort()).toEqual(published.sort());
  const labels = new Map(rows.map(([, name, , list = '']) => [name, [...list.matchAll(/`(\w+)`/g)].map(([, l]) => l)]));
  const samples = [...told.matchAll(/^(user_ledger_\w+?)(?:_bucket|_sum|_count)?(?:\{([^}]*)\})? /gm)];
  const odd = samples.filter(([, name, list = '']) => {
    const own = [...list.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le');
    return String(own.sort()) !== String([...(labels.get(name) ?? [])].sort());
  });
  expect(samples.length).toBeGreaterThan(30);
  expect(odd.map(([line]) => line)).toEqual([]);
});

it('are read, not written', async () => {
  const answer = await context.service.request('/metrics', { method: 'POST', key: '' });
  expect((await problemOf(answer, 405)).type).toBe('/problems/method-not-allowed');
});
