import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { cloudEventSchema } from '../../src/users/contract/cloud-event-schema.js';
import { publishedUserTypes } from '../../src/users/contract/data-schemas.js';
import { userEventTypes } from '../../src/users/contract/events.js';
import type { UserEvent } from '../../src/users/domain/user.events.js';
import { Follower } from '../support/follower.js';
import { faultsBy } from '../support/json-schemas.js';
import type { Someone } from '../support/seed.js';

import { withService, startService } from './with-service.js';

const context = withService();
const enc = encodeURIComponent;
const KEEP_ALIVE_MS = 15_000;
const SLOW_MACHINE_MS = 60_000;

let open: Follower[] = [];
afterEach(() => {
  for (const follower of open) follower.close();
  open = [];
});
async function follow(...given: Parameters<typeof Follower.open> extends [unknown, ...infer R] ? R : never) {
  const follower = await Follower.open(context.service, ...given);
  open.push(follower);
  return follower;
}
const caughtUp = async (...given: Parameters<typeof follow>): Promise<Follower> =>
  (await follow(...given)).until('history is through', (one) => one.caughtUp);
const idOf = ({ data }: { data: string }): string => (JSON.parse(data) as { id: string }).id;
const committed = async (): Promise<string[]> =>
  (await context.seed.userEvents())
    .filter(({ metadata }) => metadata.accountId === context.seed.accountId)
    .map(({ id }) => id);

/** Opened first and looked at last, so that nobody waits for it meanwhile. */
let early: Follower;
beforeAll(async () => {
  const { seed } = context;
  const { ulid: userId, id } = await seed.user({ name: 'Line\nbreak\u2028 and 😀', status: 'invited' });
  const invitation = { invitationId: '01JDZ7Y3Q9G1PKV5T9F6W8X2AV', tokenHash: 'f00d' };
  const facts: UserEvent[] = [
    { type: 'InvitationRenewed', data: { userId, ...invitation, expiresAt: '2099-01-01T00:00:00.000Z' } },
    { type: 'UserActivated', data: { userId, invitationId: invitation.invitationId } },
    { type: 'PermissionGranted', data: { userId, permission: 'USER_READ' } },
    { type: 'PermissionRevoked', data: { userId, permission: 'USER_READ' } },
    { type: 'DeveloperPermissionRevoked', data: { userId } },
    { type: 'DeveloperPermissionGranted', data: { userId } },
    { type: 'UserRemoved', data: { userId } },
  ];
  await seed.happened({ type: 'UserRenamed', data: { userId, from: id, to: '\r\n: data' } }, ...facts);
  early = await Follower.open(context.service, { query: '?type=UserInvited&type=UserRemoved' });
}, SLOW_MACHINE_MS);

describe('a stream', () => {
  it('brings history, says once that it is through, and goes on with what happens', async () => {
    const { service, seed } = context;
    const follower = await caughtUp();
    const history = await committed();
    expect(follower.events.map(idOf)).toEqual(history);
    expect(follower.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': expect.any(String) as unknown,
    });
    const user = await seed.user();
    for (let n = 0; n < 10; n++) expect((await service.update(user.id, { name: `live ${n}` })).status).toBe(200);
    const all = await committed();
    await follower.until('what happened is told', ({ events }) => events.length >= all.length);
    expect(follower.events.map(idOf)).toEqual(all);
    expect(all.length).toBe(history.length + 11);
    expect(follower.received.events.findIndex(({ type }) => type === 'caught-up')).toBe(history.length);
    expect(follower.received.events).toHaveLength(all.length + 1);
    expect(follower.received.retry).toBeGreaterThanOrEqual(1000);
  });

  it(
    'goes on from any place it was at, by Last-Event-ID and by after, without a gap or a repeat',
    async () => {
      const { received } = await caughtUp();
      const all = await committed();
      const cursors = received.events.map(({ id }) => id);
      expect(new Set(cursors).size).toBeGreaterThanOrEqual(all.length);
      for (const [had, cursor] of ['', ...cursors].entries()) {
        const ways = [
          { headers: { 'last-event-id': cursor } },
          ...(cursor ? [{ query: `?after=${enc(cursor)}` }] : []),
        ];
        for (const way of ways) {
          const follower = await caughtUp(way);
          expect([had, follower.events.map(idOf)]).toEqual([had, all.slice(had)]);
          follower.close();
        }
      }
      // What it had last counts more than where it was told to begin.
      const both = await caughtUp({
        query: `?after=${enc(cursors[0] ?? '')}`,
        headers: { 'last-event-id': cursors[4] ?? '' },
      });
      expect(both.events.map(idOf)).toEqual(all.slice(5));
    },
    SLOW_MACHINE_MS,
  );

  it('shares its cursors with pages', async () => {
    const { received } = await caughtUp();
    const all = await committed();
    const page = await context.service.request(`/v2/user-events?after=${enc(received.events[2]?.id ?? '')}`);
    const { events, pagination } = (await page.json()) as {
      events: { id: string }[];
      pagination: { next_cursor: string };
    };
    expect(events.map(({ id }) => id)).toEqual(all.slice(3, 53));
    const follower = await caughtUp({ query: `?after=${enc(pagination.next_cursor)}` });
    expect(follower.events.map(idOf)).toEqual(all.slice(53));
  });

  it('brings what was asked for', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const follower = await caughtUp({ query: '?type=UserRenamed' });
    await (await service.update(user.id, { is_developer: false, name: 'Both' })).arrayBuffer();
    await follower.until('the rename is told', ({ events }) => events.some(({ data }) => data.includes('"Both"')));
    expect(new Set(follower.events.map(({ type }) => type))).toEqual(new Set(['UserRenamed']));
  });

  it('loses nobody who reads, however much happens at once', async () => {
    const { seed } = context;
    const follower = await caughtUp();
    const user = await seed.user();
    const rename = (n: number): UserEvent => {
      const names = { from: `${n} ${'x'.repeat(240)}`, to: `${n + 1} ${'x'.repeat(240)}` };
      return { type: 'UserRenamed', data: { userId: user.ulid, ...names } };
    };
    await seed.happenedAtOnce([rename(0), ...Array.from({ length: 999 }, (_, n) => rename(n + 1))]);
    const all = await committed();
    await follower.until('all is told', ({ events }) => events.length >= all.length);
    expect(follower.events.map(idOf)).toEqual(all);
  });

  it('waits for a position first', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const { headers } = await service.update(user.id, { name: 'Waited for' });
    const follower = await caughtUp({ headers: { 'x-wait-for-position': headers.get('x-position') ?? '' } });
    expect(follower.events.at(-1)?.data).toContain('Waited for');
  });

  it('brings CloudEvents, to the official library and to the published schemas, of every type', async () => {
    const { events } = await caughtUp();
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(userEventTypes));
    const faults = new Map(
      publishedUserTypes.map((type) => [type.type, faultsBy(cloudEventSchema(type, type.schema.$id), type.schema)]),
    );
    for (const { type, data } of events) {
      const json = JSON.parse(data) as Record<string, unknown>;
      expect(new CloudEvent(json, true).validate()).toBe(true);
      expect([json.type, faults.get(type)?.(json)]).toEqual([type, []]);
    }
    const names = events.flatMap(({ data }) =>
      Object.values((JSON.parse(data) as { data: Record<string, unknown> }).data),
    );
    expect(names).toEqual(expect.arrayContaining(['Line\nbreak\u2028 and 😀', '\r\n: data']));
  });
});

describe('an open stream ends', () => {
  const auditor = (): Promise<Someone> => context.seed.user({ permissions: ['AUDIT_READ'] });

  it.each<[string, (who: Someone) => Promise<void>]>([
    [
      'AUDIT_READ is taken away',
      ({ ulid: userId }) =>
        context.seed.happened({ type: 'PermissionRevoked', data: { userId, permission: 'AUDIT_READ' } }),
    ],
    [
      'developer permission is taken away',
      ({ ulid: userId }) => context.seed.happened({ type: 'DeveloperPermissionRevoked', data: { userId } }),
    ],
    ['the user is removed', ({ ulid: userId }) => context.seed.happened({ type: 'UserRemoved', data: { userId } })],
    ['the key is revoked', ({ keyId }) => context.seed.revokeKey(keyId)],
  ])('when %s', async (_what, happens) => {
    const who = await auditor();
    const [theirs, other] = [await caughtUp({ key: who.key }), await caughtUp()];
    await happens(who);
    expect(await theirs.ended()).toBe('end');
    const user = await context.seed.user();
    await other.until('the other goes on', ({ events }) => events.some(({ data }) => data.includes(user.id)));
    await expect(Follower.open(context.service, { key: who.key })).rejects.toThrow(/answered with 40[13]/);
  });

  it('and not when something else of its user changes', async () => {
    const who = await auditor();
    const theirs = await caughtUp({ key: who.key });
    await context.service.update(who.id, { name: 'Renamed' });
    await theirs.until('the rename is told', ({ events }) => events.at(-1)?.data.includes('Renamed') ?? false);
    const other = await context.seed.key(who.ulid);
    await context.seed.revokeKey(other.keyId);
    await (await context.service.update(who.id, { name: 'Again' })).arrayBuffer();
    const seen = await theirs.until('it goes on', ({ events }) => events.at(-1)?.data.includes('Again') ?? false);
    expect(seen.over).toBeUndefined();
  });
});

it(
  'stops in time, and in order, with streams open: one read, one that is never read',
  async () => {
    const service = await startService();
    try {
      const [read, unread] = [await Follower.open(service), await Follower.open(service)];
      await read.until('history is through', ({ caughtUp: through }) => through);
      unread.pause();
      const from = performance.now();
      expect(await service.stop()).toBe(0);
      expect(performance.now() - from).toBeLessThan(5_000);
      expect(await read.ended()).toBe('end');
      unread.close();
    } finally {
      await service.dispose();
    }
  },
  SLOW_MACHINE_MS,
);

it(
  'keeps a stream alive with an id alone, past what the filter leaves out',
  async () => {
    await early.until(
      'it is kept alive',
      ({ received }) => received.comments.includes('keep-alive'),
      KEEP_ALIVE_MS * 2,
    );
    const { events, lastEventId } = early.received;
    expect(events.at(-1)?.id).not.toBe(lastEventId);
    const query = '?type=UserInvited&type=UserRemoved';
    const later = await caughtUp({ query, headers: { 'last-event-id': lastEventId } });
    expect(later.events).toEqual([]);
    early.close();
  },
  SLOW_MACHINE_MS,
);
