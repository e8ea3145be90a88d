import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Recorded } from '../../../src/event-sourcing/fact.js';
import { SqlRows } from '../../../src/infrastructure/read-model/sql-rows.js';
import { AuditNotReadable } from '../../../src/users/domain/user.errors.js';
import {
  FEED_TYPES,
  FindUserEventsHandler,
  FindUserEventsQuery,
  type UserEventsPage,
} from '../../../src/users/queries/find-user-events.handler.js';
import { admin, holding, member } from '../../support/examples.js';
import { FakeProgress } from '../../support/feed.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { randomFrom } from '../../support/load.js';
import { ACCOUNTS, RandomHistory } from '../../support/random-history.js';
import { tellReadModel } from '../../support/read-model.js';

const SEED = Number(process.env.FEED_SEED ?? randomInt(2 ** 31));
const EVENTS = Number(process.env.FEED_EVENTS ?? 150);
const LIMITS = [1, 2, 7, 100, 10_000];

const random = randomFrom(SEED);
const { events } = new RandomHistory(random, EVENTS);
const last = events.at(-1)?.position ?? 0n;
const progress = new FakeProgress();
let database: TestDatabase;
let handler: FindUserEventsHandler;

const find = (accountId: string, types: readonly string[] | undefined, after: bigint, limit: number) =>
  handler.execute(new FindUserEventsQuery({ ...admin, accountId }, types, { after, limit }));

/** What the feed is to bring, by reading every event from the first. */
const scan = (accountId: string, types: readonly string[] | undefined, after: bigint): Recorded[] =>
  events.filter(
    ({ stream, type, meta, position }) =>
      stream.startsWith('user-') &&
      meta.accountId === accountId &&
      (types?.includes(type) ?? true) &&
      position > after &&
      position <= progress.position,
  );

const told = ({ entries }: UserEventsPage) =>
  entries.map(({ eventId: id, type, position, accountId, occurredAt, data }) => ({
    ...{ id, type, position, accountId, occurredAt, data: JSON.parse(data) as unknown },
  }));
const asTold = ({ id, type, position, meta: { accountId, occurredAt }, data }: Recorded) => ({
  ...{ id, type, position, accountId, occurredAt, data },
});

async function expectPage(accountId: string, types: readonly string[] | undefined, after: bigint, limit: number) {
  const page = await find(accountId, types, after, limit);
  const all = scan(accountId, types, after);
  const more = all.length > limit;
  const position = more ? all[limit - 1]?.position : after > progress.position ? after : progress.position;
  const where = { accountId, types, after, limit };
  expect({ where, told: told(page), more: page.more, position: page.position }).toEqual({
    ...{ where, told: all.slice(0, limit).map(asTold), more, position },
  });
}

describe.each(databases)(`in %s, the feed brings what reading every event brings (FEED_SEED=${SEED})`, (name, open) => {
  // Elsewhere each page costs journeys.
  const every = name === 'SQLite' ? 1 : 16;
  beforeAll(async () => {
    database = await open();
    await tellReadModel(database, events, random);
    handler = new FindUserEventsHandler(new SqlRows(database.db), progress);
  });
  afterAll(() => database.close());

  const some = events.filter((_, i) => i % every === 0).map(({ position }) => position);
  const everywhere = [0n, ...some, ...some.map((position) => position + 1n)];

  it('from every place, of every limit, of all types and of some', async () => {
    for (const until of [last, events[Math.floor(EVENTS / 2)]?.position ?? 0n]) {
      progress.position = until;
      for (const after of [...everywhere, last + 100n])
        for (const limit of LIMITS)
          for (const types of [undefined, ['UserRenamed', 'PermissionGranted']])
            await expectPage('A1', types, after, limit);
    }
  });

  it('of every set of types', async () => {
    progress.position = last;
    for (let set = 0; set < 2 ** FEED_TYPES.length; set += every) {
      const types = FEED_TYPES.filter((_, i) => (set >> i) & 1);
      const after = everywhere[Math.floor(random() * everywhere.length)] ?? 0n;
      await expectPage(ACCOUNTS[set % 2] ?? 'A1', types, after, LIMITS[Math.floor(random() * LIMITS.length)] ?? 1);
    }
  });

  it('page by page, in one walk', async () => {
    progress.position = last;
    for (const limit of [1, 3, 50])
      for (const types of [undefined, ['UserAdded', 'UserInvited', 'DeveloperPermissionRevoked']]) {
        const walked: unknown[] = [];
        for (let after = 0n, more = true; more;) {
          const page = await find('A2', types, after, limit);
          walked.push(...told(page));
          expect(page.position).toBeGreaterThan(after);
          ({ position: after, more } = page);
        }
        expect(walked).toEqual(scan('A2', types, 0n).map(asTold));
      }
  });

  it('and the histories are worth reading: they hold what the feed leaves out', () => {
    const kinds = new Set(events.map(({ stream, meta }) => `${stream.split('-')[0] ?? ''} ${meta.accountId}`));
    const wanted = ['apikey', 'denied', 'user'].flatMap((kind) => ACCOUNTS.map((account) => `${kind} ${account}`));
    expect([...kinds].sort()).toEqual(wanted.sort());
  });

  it('is refused to whoever may not read the audit trail', async () => {
    const query = (actor: typeof admin) => new FindUserEventsQuery(actor, undefined, { after: 0n, limit: 1 });
    await expect(handler.execute(query(member))).rejects.toThrow(AuditNotReadable);
    await expect(handler.execute(query(holding(member, 'AUDIT_READ')))).resolves.toMatchObject({ entries: [] });
  });
});
