import { expect, it } from '@jest/globals';
import { eventually } from '../support/load.js';
import { ServiceUnderTest } from '../support/service.js';
import { createdKey, deleteKey, postKey } from './api-keys.js';
import { withService } from './with-service.js';

const context = withService();
const status = async (key: string, service = context.service) =>
  (await service.request('/v2/api-keys', { key })).status;

it('revoked while requests are on their way, a key is refused on every request that comes after', async () => {
  const { service, seed } = context;
  const user = await seed.user();
  for (let round = 0; round < 10; round++) {
    const made = await createdKey(await postKey(service, { name: `round ${round}` }, user));
    let revoked = false;
    const late: number[] = [];
    const askers = Array.from({ length: 8 }, async () => {
      for (;;) {
        const after = revoked;
        const answer = await status(made.key);
        if (after) late.push(answer);
        if (after || answer !== 200) return answer;
      }
    });
    const answer = await deleteKey(service, made.id, user);
    revoked = true;
    expect(answer.status).toBe(204);
    late.push(await status(made.key));
    expect(await Promise.all(askers)).toEqual(Array(8).fill(401));
    expect(new Set(late)).toEqual(new Set([401]));
  }
});

it('expires by the clock, in the middle of its use', async () => {
  const { service, seed } = context;
  const user = await seed.user();
  const expires_at = new Date(Date.now() + 1_500).toISOString();
  const { key } = await createdKey(await postKey(service, { name: 'short', expires_at }, user));
  expect(await status(key)).toBe(200);
  await eventually('the key has expired', async () => (await status(key)) === 401);
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expires_at));
});

it('revoked here, is refused by another instance on the same event store within five seconds', async () => {
  const { service, seed } = context;
  const other = await ServiceUnderTest.start({ env: { EVENTSTORE_URL: service.admin.eventstore_url } });
  try {
    const user = await seed.user();
    const made = await createdKey(await postKey(service, { name: 'both' }, user));
    await eventually('the other instance knows the key', async () => (await status(made.key, other)) === 200);
    expect((await deleteKey(service, made.id, user)).status).toBe(204);
    const since = performance.now();
    await eventually('the other instance refuses it', async () => (await status(made.key, other)) === 401);
    expect(performance.now() - since).toBeLessThan(5_000);
  } finally {
    await other.stop();
  }
});
