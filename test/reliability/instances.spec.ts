import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CarefulClients } from '../support/careful-clients.js';
import { ChaosProxy } from '../support/chaos-proxy.js';
import { postgresUrl } from '../support/databases.js';
import { Follower } from '../support/follower.js';
import { Instances, isOwner, ownedBy } from '../support/instances.js';
import { addUsers, type Change, eventually, expectLedgerKept, randomFrom } from '../support/load.js';
import { MailServer } from '../support/mail-server.js';
import { newUser, post } from '../support/new-user.js';
import type { ServiceUnderTest } from '../support/service.js';

/** The long form: npm run test:instances. */
const PAUSE_S = Number(process.env.INSTANCES_PAUSE ?? 4);
const LEASE_S = Number(process.env.INSTANCES_LEASE ?? 2);
const CYCLES = Number(process.env.INSTANCES_CYCLES ?? 1);
const SEED = Number(process.env.INSTANCES_SEED ?? randomInt(2 ** 31));
const FAILOVER_MS = 10_000;
const KNOWN_WITHIN_MS = 5_000;

let instances: Instances;
let mails: MailServer;
const random = randomFrom(SEED);

const server = postgresUrl ?? '';
/** What goes by way of a proxy goes to loopback. */
const withLocalPostgres = /^(127\.0\.0\.1|localhost)$/.test(server && new URL(server).hostname) ? it : it.skip;
const withPostgres = postgresUrl === undefined ? describe.skip : describe;

withPostgres(`two instances on one PostgreSQL (skipped where there is none; INSTANCES_SEED=${SEED})`, () => {
  beforeEach(async () => {
    mails = await MailServer.start();
    instances = await Instances.start(server, 2, { DATABASE_LEASE: `${LEASE_S}s`, SMTP_URL: mails.url });
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

  /** Whoever asks for what it has just written gets it, or is told to come back: never what was there before. */
  async function expectOwnWrite(of: ServiceUnderTest, position: string, name: string, withinMs: number): Promise<void> {
    const answers = new Set<unknown>();
    await eventually(
      'it reads its own writes',
      async () => {
        const answer = await nameAt(of, position);
        answers.add(answer);
        return answer !== 503;
      },
      withinMs,
    );
    answers.delete(503);
    expect([...answers]).toEqual([name]);
  }

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'after %s of the one that tells, the other does, with nothing missed, nothing doubled, and nobody told what is old',
    async (signal) => {
      const [first] = instances.all;
      if (!first) throw new Error('no instance');
      const userIds = await addUsers(first, 8);
      const done: Change[] = [];
      const answerWithinMs = PAUSE_S * 1000 + 20_000;
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        const { owner, follower } = await instances.roles();
        const options = { apiKey: instances.admin.api_key, random, answerWithinMs };
        const ofBoth = new CarefulClients([owner, follower], { userIds: userIds.slice(0, 4), ...options });
        const ofOne = new CarefulClients([follower], { userIds: userIds.slice(4), ...options });
        const many = 50 + Math.floor(random() * 50);
        await eventually('both are busy', () => Math.min(...[ofBoth, ofOne].map((c) => c.count('PATCH 200'))) > many);
        const doneBefore = ofOne.count('PATCH 200');
        expect([...ofBoth.lostWith, ...ofOne.lostWith]).toEqual([]);
        const printed = owner.output.length;
        owner.process.kill(signal);
        const stopped = performance.now();
        await ownedBy(follower, FAILOVER_MS);
        const tookOver = performance.now() - stopped;
        const name = `After ${signal} ${cycle}`;
        const position = await rename(follower, name);
        await expectOwnWrite(follower, position, name, FAILOVER_MS - (performance.now() - stopped));
        const failedOver = performance.now() - stopped;
        if (signal === 'SIGSTOP') {
          await pause(Math.max(0, PAUSE_S * 1000 - (performance.now() - stopped)));
          owner.process.kill('SIGCONT');
          await eventually('it knows', () =>
            owner.output.slice(printed).some((line) => line.includes('no longer tells')),
          );
          expect(await isOwner(follower)).toBe(true);
          await expectOwnWrite(owner, position, name, FAILOVER_MS);
        } else {
          await owner.stop('SIGKILL');
          instances.all.splice(instances.all.indexOf(owner), 1);
        }
        for (const clients of [ofBoth, ofOne]) await clients.stop();
        process.stdout.write(
          `${signal}: told by the other after ${Math.round(tookOver)} ms, read there after ${Math.round(failedOver)} ms; ` +
            `${JSON.stringify([ofBoth, ofOne].map(({ answers, lostWith }) => [...answers, ['lost', lostWith.length]]))}\n`,
        );
        expect([...ofBoth.faults, ...ofOne.faults]).toEqual([]);
        // Only who asked the one that is gone was left without an answer; one that stood still answers in the end.
        expect(ofOne.lostWith).toEqual([]);
        expect(ofBoth.lostWith.filter((lost) => signal === 'SIGSTOP' || lost !== owner)).toEqual([]);
        expect(ofOne.count('PATCH 200')).toBeGreaterThan(doneBefore);
        const changes = [...ofBoth.changes, ...ofOne.changes];
        done.push(...changes);
        await expectLedgerKept(instances.admin.eventstore_url, userIds, done);
        await nameAt(follower, await rename(follower, `End ${cycle}`));
        const { shared, alone } = await instances.dumps();
        expect(shared).toBe(alone);
        expect(shared.split('\n').length).toBeGreaterThan(changes.length);
        if (signal === 'SIGKILL' && cycle + 1 < CYCLES) await instances.add();
      }
    },
    60_000 + CYCLES * (PAUSE_S * 1000 + 60_000),
  );

  withLocalPostgres(
    'what one that stands still had sent to the database is refused when it arrives, for another tells by then',
    async () => {
      const network = await ChaosProxy.start(Number(new URL(server).port), random);
      try {
        const zombie = await instances.add({ DATABASE_URL: instances.databaseAt(network.port) });
        for (const each of instances.all.splice(0, 2)) await each.dispose();
        await ownedBy(zombie, FAILOVER_MS);
        const follower = await instances.add();
        network.beginAt('Sent by the zombie', 'black hole');
        const answered = rename(follower, 'Sent by the zombie');
        await eventually('its transaction is on its way', () => network.holds('Sent by the zombie'));
        const printed = zombie.output.length;
        zombie.process.kill('SIGSTOP');
        await answered;
        await ownedBy(follower, FAILOVER_MS);
        const position = await rename(follower, 'Told by the other');
        expect(await nameAt(follower, position)).toBe('Told by the other');
        const healed = await instances.databaseClock();
        network.heal();
        await eventually('it has arrived', () => instances.wasWritten('insert into "user-view', healed));
        // As long as the zombie stands still, nothing mends what it may have spoilt.
        const { shared, alone } = await instances.dumps();
        expect(shared).toBe(alone);
        expect(shared).toContain('["name","Told by the other"]');
        zombie.process.kill('SIGCONT');
        await eventually('it knows', () => zombie.output.slice(printed).some((line) => line.includes('ELEASELOST')));
        await expectOwnWrite(zombie, position, 'Told by the other', FAILOVER_MS);
      } finally {
        await network.stop();
      }
    },
    90_000,
  );

  it('an instance with another secret is turned away, with what to do', async () => {
    await expect(instances.add({ SECRET_FILE: `${instances.dir}/other.key` })).rejects.toThrow(/same SECRET_FILE/);
  });
});
