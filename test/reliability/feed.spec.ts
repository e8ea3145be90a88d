import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDBClient, persistentSubscriptionToStreamSettingsFromDefaults, START } from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import type { UserEvent } from '../../src/users/domain/user.events.js';
import { Follower } from '../support/follower.js';
import { tidiedAfterEach } from '../support/leftovers.js';
import { acknowledged, addUsers, eventually, Load, randomFrom } from '../support/load.js';
import { Seed, type StoredEvent } from '../support/seed.js';
import { ServiceUnderTest } from '../support/service.js';
import {
  type Consumer,
  GroupConsumer,
  LogConsumer,
  PageConsumer,
  StreamConsumer,
  type World,
} from './feed-consumers.js';

const CYCLES = Number(process.env.FEED_CYCLES ?? 3);
const SEED = Number(process.env.FEED_SEED ?? randomInt(2 ** 31));
const USERS = 4;
const WRITERS = 4;
const CYCLE_MS = 600;
const DISTURBED_EVERY_MS = 40;
const CAUGHT_UP_WITHIN_MS = 30_000;
/** Loose, for other tests may be running; a client that holds up the rest would hold it up for seconds. */
const MEDIAN_WITHIN_MS = 1_000;
const SLOW_MACHINE_MS = 60_000;

const FILTERS: readonly (readonly string[])[] = [
  [],
  [],
  ['UserRenamed'],
  ['PermissionGranted', 'PermissionRevoked', 'UserAdded'],
  ['DeveloperPermissionRevoked'],
];

const leftovers = tidiedAfterEach(SLOW_MACHINE_MS);

async function start(): Promise<World> {
  const world = { service: await ServiceUnderTest.start() };
  leftovers.push(() => world.service.dispose());
  return world;
}

async function createGroups(world: World, ...groups: readonly string[]): Promise<void> {
  const client = EventStoreDBClient.connectionString(world.service.admin.eventstore_url);
  const settings = { resolveLinkTos: true, startFrom: START, maxRetryCount: 1_000_000, messageTimeout: 1_000 } as const;
  for (const group of groups)
    await client.createPersistentSubscriptionToStream(
      '$ce-user',
      group,
      persistentSubscriptionToStreamSettingsFromDefaults(settings),
    );
  await client.dispose();
}

function run<C extends Consumer>(consumer: C): C {
  consumer.start();
  leftovers.push(() => consumer.stop());
  return consumer;
}

const refusing = (world: World): GroupConsumer =>
  run(new GroupConsumer('refuses all', world, () => 0, { group: 'refusing', refuses: true }));

/** A client of the feed that never reads a byte. */
async function deaf({ service }: World): Promise<Socket> {
  const socket = connect(Number(new URL(service.baseUrl).port), '127.0.0.1');
  socket.on('error', () => undefined).pause();
  await once(socket, 'connect');
  leftovers.push(() => socket.destroy());
  const head = ['GET /v2/user-events HTTP/1.1', 'host: x', 'accept: text/event-stream'];
  socket.write(`${[...head, `authorization: Bearer ${service.admin.api_key}`].join('\r\n')}\r\n\r\n`);
  return socket;
}

/** Appends to users of its own, past the service, until the store is gone. */
async function appendUntilGone(seed: Seed, userIds: readonly string[], random: () => number): Promise<void> {
  const types = ['DeveloperPermissionGranted', 'DeveloperPermissionRevoked', 'PermissionGranted', 'PermissionRevoked'];
  const fact = (userId: string): UserEvent => {
    const type = types[Math.floor(random() * types.length)] ?? '';
    return { type, data: { userId, permission: 'USER_READ' } } as unknown as UserEvent;
  };
  try {
    for (;;) {
      const userId = userIds[Math.floor(random() * userIds.length)] ?? '';
      const more = Array.from({ length: Math.floor(random() * 30) }, () => fact(userId));
      await seed.happenedAtOnce([fact(userId), ...more]);
    }
  } catch {
    await seed.close().catch(() => undefined);
  }
}

async function disturbAtRandom(consumers: readonly Consumer[], random: () => number): Promise<void> {
  for (const until = performance.now() + CYCLE_MS * (0.5 + random()); performance.now() < until;) {
    consumers[Math.floor(random() * consumers.length)]?.disturb();
    await pause(random() * DISTURBED_EVERY_MS);
  }
}

async function cycle(world: World, consumers: readonly Consumer[], users: Users, random: () => number): Promise<void> {
  await deaf(world);
  const { service } = world;
  const load = new Load(service, {
    ...{ userIds: users.renamed, apiKey: service.admin.api_key, clients: WRITERS, random },
  });
  const appending = appendUntilGone(new Seed(service), users.appended, random);
  await disturbAtRandom(consumers, random);
  await eventually('changes are acknowledged, whatever consumers do', () => load.changes.some(acknowledged));
  await service.stop('SIGKILL');
  await Promise.all([load.ended(), appending]);
  expect(load.faults).toEqual([]);
  world.service = await ServiceUnderTest.start({ dataDir: service.dataDir });
}

type Users = Readonly<{ renamed: readonly string[]; appended: readonly string[] }>;

/** What the log holds, read past the service. */
async function committed({ service }: World): Promise<StoredEvent[]> {
  const seed = new Seed(service);
  const events = await seed.userEvents();
  await seed.close();
  return events;
}

async function expectAll(consumer: Consumer, expected: readonly StoredEvent[]): Promise<void> {
  const all = () => consumer.count >= expected.length;
  await eventually(`${consumer.name} has it all`, all, CAUGHT_UP_WITHIN_MS).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${consumer.count} of ${expected.length}; ${consumer.faults.join('; ')}`);
  });
}

/** Every event; one told twice is the same event both times; a user's, for the first time, one after the other. */
function expectAtLeastOnce(consumer: LogConsumer | GroupConsumer, expected: readonly StoredEvent[]): void {
  const { name, seen } = consumer;
  expect([name, new Set(seen.map(({ id }) => id))]).toEqual([name, new Set(expected.map(({ id }) => id))]);
  const ids = new Map<string, string>();
  const next = new Map<string, bigint>();
  for (const { id, stream, revision } of seen) {
    const place = `${revision.toString()}@${stream}`;
    const known = ids.get(place);
    expect(known ?? id).toBe(id);
    ids.set(place, id);
    if (known !== undefined || consumer instanceof GroupConsumer) continue;
    expect([stream, revision]).toEqual([stream, next.get(stream) ?? 0n]);
    next.set(stream, revision + 1n);
  }
}

it(
  `every consumer has everything, in spite of everything (FEED_CYCLES=${CYCLES} FEED_SEED=${SEED})`,
  async () => {
    process.stdout.write(`feed test: ${CYCLES} cycles, seed ${SEED}\n`);
    const random = randomFrom(SEED);
    const world = await start();
    const renamed = await addUsers(world.service, USERS);
    const seed = new Seed(world.service);
    const appended = [(await seed.user()).ulid, (await seed.user()).ulid];
    await seed.close();
    await createGroups(world, 'group', 'refusing');
    const own = (): (() => number) => randomFrom(Math.floor(random() * 2 ** 32));
    const http = FILTERS.flatMap((types) => [
      run(new StreamConsumer(`stream of ${types.join()}`, world, own(), types)),
      run(new PageConsumer(`pages of ${types.join()}`, world, own(), types)),
    ]);
    const native = [
      run(new LogConsumer('subscription', world, own())),
      run(new LogConsumer('another subscription', world, own())),
      run(new GroupConsumer('group', world, own(), { group: 'group', refuses: false })),
    ];
    const refuses = refusing(world);
    const consumers = [...http, ...native];
    for (let n = 0; n < CYCLES; n++) await cycle(world, [...consumers, refuses], { renamed, appended }, random);
    const all = await committed(world);
    const wanted = ({ types }: { types: readonly string[] }): StoredEvent[] =>
      all.filter(({ type }) => types.length === 0 || types.includes(type));
    for (const consumer of http) await expectAll(consumer, wanted(consumer));
    for (const consumer of native) await expectAll(consumer, all);
    for (const consumer of [...consumers, refuses]) await consumer.stop();
    for (const consumer of http)
      expect([consumer.name, consumer.seen]).toEqual([consumer.name, wanted(consumer).map(({ id }) => id)]);
    for (const consumer of native) expectAtLeastOnce(consumer, all);
    expect(refuses.count).toBeGreaterThan(0);
    process.stdout.write(`feed test: ${all.length} events, ${consumers.length} consumers\n`);
  },
  60_000 + CYCLES * 15_000,
);

it(
  'clients that never read and consumers that refuse everything keep nobody waiting',
  async () => {
    const world = await start();
    const { service } = world;
    await createGroups(world, 'refusing');
    const refuses = refusing(world);
    for (let n = 0; n < 20; n++) await deaf(world);
    const follower = await Follower.open(service);
    leftovers.push(() => {
      follower.close();
    });
    const took: number[] = [];
    for (let n = 0; n < 100; n++) {
      const name = `${n} ${'😀'.repeat(200)}`;
      const from = performance.now();
      expect((await service.update(service.admin.user_id, { name })).status).toBe(200);
      await follower.until('it is told', ({ events }) => events.at(-1)?.data.includes(name) ?? false);
      took.push(performance.now() - from);
    }
    took.sort((a, b) => a - b);
    expect(took[50]).toBeLessThan(MEDIAN_WITHIN_MS);
    await eventually('the consumer was given events again and again', () => refuses.seen.length > 2 * refuses.count);
  },
  SLOW_MACHINE_MS,
);
