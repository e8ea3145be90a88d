import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../../src/event-sourcing/clock.js';
import { ProjectionProgress } from '../../../src/event-sourcing/read-model.js';
import { SqlRows } from '../../../src/infrastructure/read-model/sql-rows.js';
import { UserNotFound } from '../../../src/users/domain/user.errors.js';
import { GetUserHandler, GetUserQuery } from '../../../src/users/queries/get-user.handler.js';
import {
  ListUsersHandler,
  ListUsersQuery,
  type UserFilters,
  type UsersPlace,
} from '../../../src/users/queries/list-users.handler.js';
import { admin } from '../../support/examples.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { randomFrom } from '../../support/load.js';
import { ACCOUNTS, RandomHistory } from '../../support/random-history.js';
import { tellReadModel } from '../../support/read-model.js';

const SEED = Number(process.env.AS_OF_SEED ?? randomInt(2 ** 31));
const EVENTS = Number(process.env.AS_OF_EVENTS ?? 300);
const NOW = '2026-06-01T00:00:00.000Z';

class Now extends Clock {
  override now = (): Date => new Date(NOW);
}
class Told extends ProjectionProgress {
  override readonly position = 0n;
  override reached = (): Promise<void> => Promise.resolve();
  override onCommitted = (): void => undefined;
  override onDoubt = (): void => undefined;
}

const random = randomFrom(SEED);
const history = new RandomHistory(random, EVENTS);
let database: TestDatabase;
let get: GetUserHandler;
let list: ListUsersHandler;

type Then = {
  userId: string;
  accountId: string;
  name: string;
  email: string;
  isDeveloper: boolean;
  state: string;
  createdAt: string;
  expires: string | null;
};

type Said = Omit<Then, 'expires'> & { expiresAt?: string; to: string };

/** A user from the events alone: what has happened until `time`, where their history never runs backwards. */
function userAt(userId: string, time: string): Then | undefined {
  let user: Then | undefined;
  let clock = '';
  for (const { stream, type, data, meta } of history.events) {
    if (stream !== `user-${userId}`) continue;
    if (meta.occurredAt > clock) clock = meta.occurredAt;
    if (clock > time) break;
    const said = data as Said;
    if (type === 'UserAdded' || type === 'UserInvited') {
      const { accountId, name, email, isDeveloper, expiresAt } = said;
      const state = type === 'UserAdded' ? 'active' : 'invited';
      user = {
        userId,
        accountId,
        name,
        email,
        isDeveloper,
        state,
        createdAt: meta.occurredAt,
        expires: expiresAt ?? null,
      };
    } else if (user) {
      if (type === 'UserRenamed') user.name = said.to;
      if (type === 'DeveloperPermissionGranted') user.isDeveloper = true;
      if (type === 'DeveloperPermissionRevoked') user.isDeveloper = false;
      if (type === 'UserActivated') user.state = 'active';
      if (type === 'InvitationRenewed') user.expires = said.expiresAt ?? null;
      if (type === 'UserRemoved') user.state = 'removed';
    }
  }
  return user;
}

const moments = (): string[] => {
  const times = [...new Set(history.events.map(({ meta }) => Date.parse(meta.occurredAt)))];
  return times.flatMap((time) => [time - 1, time, time + 1].map((each) => new Date(each).toISOString()));
};
const actor = (accountId: string) => ({ ...admin, accountId });
const shown = ({ userId, name, isDeveloper, state }: Pick<Then, 'userId' | 'name' | 'isDeveloper' | 'state'>) => ({
  userId,
  name,
  isDeveloper,
  state,
});

function listed(accountId: string, time: string, { email, status, isDeveloper }: UserFilters) {
  const statusOf = ({ state, expires }: Then) =>
    state === 'invited' && expires !== null && expires <= time ? 'expired' : state;
  return history.users
    .map(({ userId }) => userAt(userId, time))
    .filter((user): user is Then => user?.accountId === accountId && user.state !== 'removed')
    .filter((user) => email === undefined || user.email.toLowerCase().includes(email.toLowerCase()))
    .filter((user) => isDeveloper === undefined || user.isDeveloper === isDeveloper)
    .filter((user) => status === undefined || status.some((each) => each === statusOf(user)))
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.userId < b.userId ? -1 : 1))
    .map(shown);
}

async function walked(accountId: string, filters: UserFilters, limit: number) {
  const found = [];
  for (let place: UsersPlace | undefined; ;) {
    const page = await list.execute(new ListUsersQuery(actor(accountId), filters, { limit, place }));
    found.push(...page.users.map(shown));
    place = page.next;
    if (!place) return found;
  }
}

const randomFilters = (): UserFilters => ({
  ...(random() < 0.4 && { isDeveloper: random() < 0.5 }),
  ...(random() < 0.4 && {
    status: history.pick([['active'], ['invited'], ['expired'], ['active', 'expired']] as const),
  }),
  ...(random() < 0.2 && { email: history.pick(['u1', '@EXAMPLE', 'u%', '_', '2@']) }),
});

describe.each(databases)(`in %s, who was what at any moment (AS_OF_SEED=${SEED})`, (name, open) => {
  // Elsewhere each page costs journeys.
  const every = name === 'SQLite' ? 1 : 8;
  const some = () => [...moments()].filter((_, i) => i % every === 0);
  beforeAll(async () => {
    database = await open();
    await tellReadModel(database, history.events, random);
    const rows = new SqlRows(database.db);
    get = new GetUserHandler(rows, new Told(), undefined as never);
    list = new ListUsersHandler(rows, new Told(), new Now());
  });
  afterAll(() => database.close());

  it('of one user, at every moment of history', async () => {
    let checked = 0;
    for (const asOf of some()) {
      const { userId, accountId } = history.pick(history.users);
      const then = userAt(userId, asOf);
      const asked = get.execute(new GetUserQuery(actor(accountId), userId, { asOf }));
      if (!then || then.state === 'removed') await expect(asked).rejects.toThrow(UserNotFound);
      else expect({ asOf, ...shown(await asked) }).toEqual({ asOf, ...shown(then) });
      checked++;
    }
    expect(checked).toBeGreaterThan(EVENTS / every);
  });
  it('of all users, at every moment of history', async () => {
    for (const asOf of some()) {
      const [accountId, filters, limit] = [history.pick(ACCOUNTS), randomFilters(), history.pick([1, 2, 50])];
      const found = await walked(accountId, { ...filters, asOf }, limit);
      expect({ asOf, filters, found }).toEqual({ asOf, filters, found: listed(accountId, asOf, filters) });
    }
  });
  it('of all users, now', async () => {
    for (let i = 0; i < 100 / every; i++) {
      const [accountId, filters, limit] = [history.pick(ACCOUNTS), randomFilters(), history.pick([1, 3, 50])];
      expect({ filters, found: await walked(accountId, filters, limit) }).toEqual({
        filters,
        found: listed(accountId, NOW, filters),
      });
    }
  });
});
