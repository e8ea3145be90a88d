import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { ServiceUnderTest } from '../support/service.js';
import { onOwnStore, skippedOnShared } from './with-service.js';

let service: ServiceUnderTest | undefined;
afterEach(() => service?.dispose());

const readiness = async (of: ServiceUnderTest): Promise<[number, unknown]> => {
  const answer = await of.request('/health/ready');
  return [answer.status, await answer.json()];
};

/** Asks again until it is so, or the test's own time is over. */
async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what()));
}

onOwnStore(
  `stops the projector, turns readiness red, and stays so over a restart; reading goes on${skippedOnShared}`,
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'user-ledger-'));
    service = await ServiceUnderTest.start({ dataDir });
    const running = service;
    const { eventstore_url: url, user_id: id } = running.admin;
    expect(await readiness(running)).toMatchObject([200, { status: 'ready' }]);

    const client = EventStoreDBClient.connectionString(url);
    const odd = jsonEvent({ type: 'UserRenamed', data: { userId: 'X', from: 'a' }, metadata: {} });
    await client.appendToStream('user-X', odd, { expectedRevision: 'no_stream' });
    await client.dispose();

    await until(async () => (await readiness(running))[0] === 503);
    const stopped = [
      503,
      { status: 'not ready', checks: { event_store: 'answers', writes: 'accepted', projections: 'stopped' } },
    ];
    expect(await readiness(running)).toEqual(stopped);
    expect((await running.request(`/v2/users/${id}`)).status).toBe(200);
    // The projection tells it no more: the answer comes from the user's own events.
    const renamed = await running.update(id, { name: 'Told from the log' });
    expect([renamed.status, await renamed.json()]).toMatchObject([200, { name: 'Told from the log' }]);

    // Told by the log, for whatever stopped cannot say how far behind it is.
    const behind = /^user_ledger_projection_lag_(events|seconds) ([\d.e-]+)$/gm;
    const lags = [...(await (await running.request('/metrics')).text()).matchAll(behind)].map(([, , value]) =>
      Number(value),
    );
    expect(lags).toEqual([2, expect.any(Number)]);
    expect(lags[1]).toBeGreaterThan(0);

    await running.stop();
    service = await ServiceUnderTest.start({ dataDir });
    expect(await readiness(service)).toEqual(stopped);
  },
);
