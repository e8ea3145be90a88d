import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser, post } from '../support/new-user.js';
import { Seed, type Someone } from '../support/seed.js';
import { ServiceUnderTest } from '../support/service.js';

/** 100 of them by TEST_ROUNDS=100. */
const ROUNDS = Number(process.env.TEST_ROUNDS ?? 10);
let services: [ServiceUnderTest, ServiceUnderTest];
let seed: Seed;

beforeAll(async () => {
  const first = await ServiceUnderTest.start();
  services = [first, await ServiceUnderTest.start({ env: { EVENTSTORE_URL: first.admin.eventstore_url } })];
  seed = new Seed(first);
  // Written by the first: the second may not have been told of the admin yet.
  const renamed = await first.update(first.admin.user_id, { name: 'Admin of both' });
  await told(renamed.headers.get('x-position') ?? '');
}, 60_000);
afterAll(async () => {
  await seed.close();
  await services[1].dispose();
  await services[0].dispose();
});

/** Both services have been told what one of them answered. */
async function told(position: string): Promise<void> {
  for (const service of services) {
    const headers = { 'x-wait-for-position': position };
    const path = `/v2/users/${services[0].admin.user_id}`;
    expect((await service.request(path, { key: services[0].admin.api_key, headers })).status).toBe(200);
  }
}

describe('two services on one event store', () => {
  it.each(['none', 'email_link'])(
    'have one winner of each race for an e-mail: %s',
    async (invite_mode) => {
      const { api_key: key } = services[0].admin;
      for (let round = 0; round < ROUNDS; round++) {
        const wish = newUser({ invite_mode });
        const spelt = { ...wish, email: wish.email.toUpperCase() };
        const answers = await Promise.all(
          [0, 1, 0, 1].map((i) => post(services[i as 0 | 1], '/v2/users', i === 0 ? wish : spelt, { key })),
        );
        const loser = invite_mode === 'none' ? 409 : 200;
        expect(answers.map(({ status }) => status).sort()).toEqual([201, loser, loser, loser].sort());
        const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { id: string }[];
        if (loser === 200) expect(new Set(bodies.map(({ id }) => id)).size).toBe(1);
      }
    },
    30_000 + ROUNDS * 1000,
  );

  it(
    'leave an admin, where two remove each other',
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const accountId = await seed.account();
        const [a, b] = [await seed.user({ role: 'admin', accountId }), await seed.user({ role: 'admin', accountId })];
        // The second service is to know both: who is not known is not removed.
        const position = (await services[0].update(a.id, { name: `A ${round}` }, a)).headers.get('x-position') ?? '';
        await told(position);
        const remove = (by: Someone, whom: Someone, i: 0 | 1) =>
          services[i].request(`/v2/users/${whom.id}`, { method: 'DELETE', key: by.key });
        await Promise.all([remove(a, b, 0), remove(b, a, 1)]);
        const events = [...(await seed.eventsOf(a.ulid)), ...(await seed.eventsOf(b.ulid))];
        expect(events.filter(({ type }) => type === 'UserRemoved')).toHaveLength(1);
      }
    },
    60_000 + ROUNDS * 1000,
  );
});
