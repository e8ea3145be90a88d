import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { postgresUrl } from '../support/databases.js';
import { Follower } from '../support/follower.js';
import { Instances, isOwner, ownedBy } from '../support/instances.js';
import { addUsers, eventually, expectLedgerKept, Load, randomFrom } from '../support/load.js';
import { MailServer } from '../support/mail-server.js';
import { newUser, post } from '../support/new-user.js';
import type { ServiceUnderTest } from '../support/service.js';

/** The long form: INSTANCES_PAUSE_S=30 INSTANCES_LEASE=6s INSTANCES_CYCLES=10. */
const PAUSE_S = Number(process.env.INSTANCES_PAUSE_S ?? 4);
const LEASE = process.env.INSTANCES_LEASE ?? '2s';
const CYCLES = Number(process.env.INSTANCES_CYCLES ?? 1);
const SEED = Number(process.env.INSTANCES_SEED ?? randomInt(2 ** 31));
const FAILOVER_MS = 10_000;
const KNOWN_WITHIN_MS = 5_000;

let instances: Instances;
let mails: MailServer;
const random = randomFrom(SEED);

const server = postgresUrl ?? '';
const withPostgres = postgresUrl === undefined ? describe.skip : describe;

withPostgres(`two instances on one PostgreSQL (skipped where there is none; INSTANCES_SEED=${SEED})`, () => {
  beforeEach(async () => {
    mails = await MailServer.start();
    instances = await Instances.start(server, 2, { DATABASE_LEASE: LEASE, SMTP_URL: mails.url });
  }, 60_000);
  afterEach(async () => {
    await instances.dispose();
    await mails.stop();
  }, 60_000);

  const rename = async (by: ServiceUnderTest, name: string): Promise<string> => {
    const renamed = await by.update(instances.admin.user_id, { name }, { key: instances.admin.api_key });
    expect(renamed.status).toBe(200);
    return renamed.headers.get('x-position') ?? '';
  };
  /** What an instance answers, once it knows of a position. */
  const nameAt = async (of: ServiceUnderTest, position: string): Promise<unknown> => {
    const headers = { 'x-wait-for-position': position };
    const path = `/v2/users/${instances.admin.user_id}`;
    const answer = await of.request(path, { key: instances.admin.api_key, headers });
    return ((await answer.json()) as { name?: string }).name ?? answer.status;
  };

  it('both answer with what either was told, and hand it on to those who follow the feed', async () => {
    const { owner, follower } = await instances.roles();
    const { api_key: key } = instances.admin;
    const feeds = [await Follower.open(owner, { key }), await Follower.open(follower, { key })];
    for (const feed of feeds) await feed.until('it is caught up', ({ caughtUp }) => caughtUp);
    for (let i = 0; i < 20; i++) {
      const [by, other] = i % 2 === 0 ? [owner, follower] : [follower, owner];
      const position = await rename(by, `Ada ${i}`);
      expect(await nameAt(other, position)).toBe(`Ada ${i}`);
      expect(await nameAt(by, position)).toBe(`Ada ${i}`);
    }
    for (const feed of feeds) {
      await feed.until('it has them all', ({ events }) => events.some(({ data }) => data.includes('"Ada 19"')));
      const names = feed.events.flatMap(({ data }) => /"to":"(Ada \d+)"/.exec(data)?.[1] ?? []);
      expect(names).toEqual(Array.from({ length: 20 }, (_, i) => `Ada ${i}`));
      feed.close();
    }
  });

  it('a key revoked at one is refused by the other, a cursor of one is good at the other, and a key can be asked for again', async () => {
    const { owner, follower } = await instances.roles();
    const { api_key: key } = instances.admin;
    const asked = { key, headers: { 'idempotency-key': 'the-same' } };
    const made = (await (await post(owner, '/v2/api-keys', { name: 'k' }, asked)).json()) as Record<string, string>;
    const again = (await (await post(follower, '/v2/api-keys', { name: 'k' }, asked)).json()) as Record<string, string>;
    expect(again.key).toBe(made.key);
    const use = async (at: ServiceUnderTest) => (await at.request('/v2/users', { key: made.key ?? '' })).status;
    for (const each of [owner, follower]) await eventually('it is taken', async () => (await use(each)) === 200);
    await owner.request(`/v2/api-keys/${made.id ?? ''}`, { method: 'DELETE', key });
    await eventually('it is refused', async () => (await use(follower)) === 401, KNOWN_WITHIN_MS);

    for (let i = 0; i < 3; i++) expect((await post(owner, '/v2/users', newUser(), { key })).status).toBe(201);
    type Page = { pagination: { next_cursor: string } };
    const page = (await (await owner.request('/v2/users?limit=2', { key })).json()) as Page;
    const next = `/v2/users?limit=2&cursor=${encodeURIComponent(page.pagination.next_cursor)}`;
    expect((await follower.request(next, { key })).status).toBe(200);
  });

  it('each invitation is mailed once, whoever took it, also when the one that mails is killed', async () => {
    const { owner, follower } = await instances.roles();
    const { api_key: key } = instances.admin;
    const invite = async (by: ServiceUnderTest): Promise<string> => {
      const wish = newUser({ invite_mode: 'email_link' });
      expect((await post(by, '/v2/users', wish, { key })).status).toBe(201);
      return wish.email;
    };
    const before = [await invite(owner), await invite(follower), await invite(owner)];
    for (const email of before) await mails.to(email);
    // One that is killed between handing a letter over and noting it sends it again, as documented.
    await instances.allMailed();
    await owner.stop('SIGKILL');
    const after = [await invite(follower), await invite(follower)];
    for (const email of after) await eventually('it is mailed', () => mails.to(email), 2 * FAILOVER_MS);
    const mailed = mails.mails.map(({ to }) => to).sort();
    expect(mailed).toEqual([...before, ...after].map((email) => email.toLowerCase()).sort());
  }, 60_000);

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'after %s of the one that tells, the other does, with nothing missed and nothing doubled',
    async (signal) => {
      const { api_key: apiKey } = instances.admin;
      const [first] = instances.all;
      if (!first) throw new Error('no instance');
      const userIds = await addUsers(first, 4);
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        const { owner, follower } = await instances.roles();
        const load = new Load(follower, { userIds, apiKey, clients: 4, random });
        const before = new Load(owner, { userIds, apiKey, clients: 4, random });
        await pause(300 + random() * 500);
        owner.process.kill(signal);
        const stopped = performance.now();
        expect(await ownedBy(follower, FAILOVER_MS)).toBeLessThan(FAILOVER_MS);
        const position = await rename(follower, `After ${signal} ${cycle}`);
        await eventually(
          'it reads its own writes',
          async () => String(await nameAt(follower, position)).startsWith('After'),
          FAILOVER_MS - (performance.now() - stopped),
        );
        if (signal === 'SIGSTOP') {
          await pause(Math.max(0, PAUSE_S * 1000 - (performance.now() - stopped)));
          owner.process.kill('SIGCONT');
          await owner.printed(/no longer tells/);
          expect(await isOwner(follower)).toBe(true);
          await eventually('it follows', async () => (await nameAt(owner, position)) === `After ${signal} ${cycle}`);
        } else {
          await owner.stop('SIGKILL');
          instances.all.splice(instances.all.indexOf(owner), 1);
        }
        await before.stop();
        await load.stop();
        expect(load.faults).toEqual([]);
        await expectLedgerKept(instances.admin.eventstore_url, userIds, [...load.changes, ...before.changes]);
        await nameAt(follower, await rename(follower, `End ${cycle}`));
        const { shared, alone } = await instances.dumps();
        expect(shared).toBe(alone);
        expect(shared.split('\n').length).toBeGreaterThan(load.changes.length);
        if (signal === 'SIGKILL' && cycle + 1 < CYCLES) await instances.add();
      }
    },
    60_000 + CYCLES * (PAUSE_S * 1000 + 60_000),
  );

  it('an instance with another secret is turned away, with what to do', async () => {
    await expect(instances.add({ SECRET_FILE: `${instances.dir}/other.key` })).rejects.toThrow(/same SECRET_FILE/);
  });
});
