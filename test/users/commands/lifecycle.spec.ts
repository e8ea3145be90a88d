import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SystemClock } from '../../../src/event-sourcing/clock.js';
import type { Context, Recorded } from '../../../src/event-sourcing/fact.js';
import { AggregateStreams } from '../../../src/infrastructure/event-store/aggregate-streams.js';
import { ActiveAdmins } from '../../../src/users/commands/active-admins.js';
import { CreateUserCommand, CreateUserHandler } from '../../../src/users/commands/create-user.handler.js';
import { Invitations } from '../../../src/users/commands/invitations.js';
import type { Once } from '../../../src/users/commands/once.js';
import type { Refusals } from '../../../src/users/commands/refusals.js';
import { RemoveUserCommand, RemoveUserHandler } from '../../../src/users/commands/remove-user.handler.js';
import { SetPermissionsCommand, SetPermissionsHandler } from '../../../src/users/commands/set-permissions.handler.js';
import { accountAggregate, emailClaimAggregate } from '../../../src/users/domain/account.js';
import type { Actor } from '../../../src/users/domain/actor.js';
import { eventCatalogue } from '../../../src/users/domain/event-catalogue.js';
import { PERMISSIONS } from '../../../src/users/domain/permission.js';
import type { UserEvent } from '../../../src/users/domain/user.events.js';
import { evolve, type User, userAggregate } from '../../../src/users/domain/user.js';
import { ACCOUNT, admin, userAdded } from '../../support/examples.js';
import { openTestSqlite } from '../../support/databases.js';
import { MemoryEventStore } from '../../support/memory-event-store.js';
import { tellReadModel } from '../../support/read-model.js';

/** Short in `npm test`; longer by TEST_ROUNDS=1000. */
const RUNS = Number(process.env.TEST_ROUNDS ?? 60);
const clock = new SystemClock();
const once = { run: (_: Context, command: () => unknown) => command() } as unknown as Once;
const refusals = { watch: (_: unknown, __: unknown, command: () => unknown) => command() } as unknown as Refusals;

/** Every user of a log, folded one event after the other. */
function fold(log: readonly Recorded[]): Map<string, User> {
  const users = new Map<string, User>();
  for (const event of log.filter(({ stream }) => stream.startsWith('user-'))) {
    const fact = event as unknown as UserEvent;
    users.set(fact.data.userId, evolve(users.get(fact.data.userId), fact));
  }
  return users;
}

const admins = (log: readonly Recorded[]): string[] =>
  [...fold(log).values()]
    .filter(({ role, state }) => role === 'admin' && state === 'active')
    .map(({ userId }) => userId);

/** One of several services on a log, which has been told only so much of it. */
function instance(store: MemoryEventStore, ids: { next: () => string }, lag: () => number) {
  const streams = (aggregate: object) =>
    new AggregateStreams<unknown, UserEvent>(aggregate as never, store, eventCatalogue, clock) as never;
  const users = streams(userAggregate);
  const told = new (class extends ActiveAdmins {
    override of = () => Promise.resolve(admins(store.log.slice(0, Math.max(1, store.log.length - lag()))));
  })();
  const invitations = new Invitations({ ttlMs: 1e9, secret: new Uint8Array(32) }, ids, clock);
  return {
    create: new CreateUserHandler(streams(emailClaimAggregate), users, invitations, ids, clock, once, refusals),
    remove: new RemoveUserHandler(users, streams(accountAggregate), told, once, refusals),
    permit: new SetPermissionsHandler(users, once, refusals),
  };
}

const step = fc.record({
  instance: fc.nat(1),
  lag: fc.nat(3),
  what: fc.constantFrom('create', 'remove', 'remove', 'remove', 'permit'),
  actor: fc.nat(3),
  target: fc.nat(3),
  email: fc.nat(3),
  role: fc.constantFrom('admin', 'admin', 'member', 'annotator'),
  inviteMode: fc.constantFrom('none' as const, 'none' as const, 'email_link' as const),
  permissions: fc.subarray([...PERMISSIONS]),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

it('any sequence of commands, many at once and on two instances, leaves an active admin and a read model that is the fold of the log', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), async (rounds) => {
      const store = new MemoryEventStore();
      let n = 0;
      let lag = 0;
      const ids = { next: () => `ID${String(n++).padStart(4, '0')}` };
      const both = [0, 1].map(() => instance(store, ids, () => lag));
      let commands = 0;
      const contextOf = (actor: Actor): Omit<Context, 'rule'> => ({
        ...{ accountId: ACCOUNT, actor: { ...actor }, requestId: 'r', ip: null, userAgent: null },
        commandId: `c0ffee00-0000-4000-8000-${String(commands++).padStart(12, '0')}`,
      });
      const meta = { ...contextOf(admin), rule: 'bootstrap', schemaVersion: 1, occurredAt: clock.now().toISOString() };
      for (const userId of ['ID-first', 'ID-second']) {
        const added = userAdded({ userId, email: `${userId}@example.com`, role: 'admin' });
        const stamped = { ...meta, $correlationId: 'r', $causationId: 'r' };
        store.put(`user-${userId}`, { ...added, id: userId, meta: stamped });
      }

      const run = async ({ instance: i, what, email, role, inviteMode, permissions, ...s }: Step): Promise<unknown> => {
        const known = [...fold(store.log).values()];
        const active = known.filter(({ state }) => state === 'active');
        const by = active[s.actor % active.length];
        if (!by) throw new Error('nobody is active');
        const actor: Actor = { ...by, apiKeyId: 'K' };
        const userId = known[s.target % known.length]?.userId ?? '';
        const { create, remove, permit } = both[i] ?? instance(store, ids, () => lag);
        const context = contextOf(actor);
        const wish = { actor, name: 'N', email: `e${email}@example.com`, role, inviteMode };
        if (what === 'create') return create.execute(new CreateUserCommand(wish, context));
        if (what === 'remove') return remove.execute(new RemoveUserCommand({ userId, actor }, context));
        return permit.execute(new SetPermissionsCommand({ userId, actor, permissions }, context));
      };
      for (const round of rounds) {
        lag = round[0]?.lag ?? 0;
        const ended = await Promise.allSettled(round.map(run));
        for (const each of ended) if (each.status === 'rejected') expect(each.reason).toHaveProperty('code');
        expect(admins(store.log)).not.toEqual([]);
      }

      const emails = [...fold(store.log).values()].map((user) => user.email);
      expect(new Set(emails).size).toBe(emails.length);
      const database = await openTestSqlite();
      const { db } = database;
      await tellReadModel(database, store.log, Math.random);
      const rows = (await db.selectFrom('user-view-2').selectAll().execute()) as Record<string, unknown>[];
      const told = rows.map(({ userId, name, role, state, permissions }) => [userId, name, role, state, permissions]);
      const folded = [...fold(store.log).values()].map((user) => {
        const { userId, name, role, state, permissions } = user;
        return [userId, name, role, state, JSON.stringify([...permissions].sort())];
      });
      expect(told.sort()).toEqual(folded.sort());
      await database.close();
    }),
    { numRuns: RUNS },
  );
}, 120_000);
