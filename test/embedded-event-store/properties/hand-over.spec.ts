import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { belongsTo } from '../../support/event-store-client.js';
import type { Seen, Source } from '../../support/event-store-client.js';
import { eventually } from '../../support/load.js';
import { Follower, placesOf } from './follower.js';
import { StoreWithTwoClients } from './two-clients.js';

const CYCLES = Number(process.env.EVENTSTORE_CYCLES ?? 2);
const SEED = Number(process.env.EVENTSTORE_SEED ?? randomInt(2 ** 31));
const MS_PER_CYCLE = 20_000;
/** Appends of one history, by all writers together. */
const APPENDS = 240;
const STREAMS = 3;
const LARGE = 24_000;
/** The events that a stream of Node's holds while it is paused. */
const HELD_BY_CLIENT = 16;

/** One who joins while others write. */
type Plan = {
  readonly client: 0 | 1;
  readonly of: 'stream' | 'all' | 'filtered';
  readonly from: 'start' | 'end' | number;
  /** Joins once so many appends were answered. */
  readonly afterAppends: number;
  /** How long it does not read, and after how many events of its own. */
  readonly rest: { readonly afterEvents: number; readonly ms: number } | undefined;
};

let store: StoreWithTwoClients;
beforeAll(async () => {
  store = await StoreWithTwoClients.start();
});
afterAll(() => store.end());

const plan: fc.Arbitrary<Plan> = fc.record({
  client: fc.constantFrom<0 | 1>(0, 1),
  of: fc.constantFrom('stream' as const, 'all' as const, 'filtered' as const),
  from: fc.oneof(fc.constantFrom('start' as const, 'end' as const), fc.nat({ max: 60 })),
  afterAppends: fc.nat({ max: APPENDS - 20 }),
  rest: fc.option(fc.record({ afterEvents: fc.nat({ max: 40 }), ms: fc.nat({ max: 150 }) }), { nil: undefined }),
});

type Size = { readonly events: number; readonly large: boolean };

/** How many events, and of what size, the appends of a writer have, over and over. */
const sizes = fc.array(fc.record({ events: fc.integer({ min: 1, max: 6 }), large: fc.boolean() }), {
  minLength: 3,
  maxLength: 9,
});

/** Writers that go on until they have made all appends, four of them under way at a time. */
class History {
  readonly streams = Array.from({ length: STREAMS }, () => `${randomUUID()}-s`);
  begun = 0;
  readonly answered = new Set<number>();
  readonly #sizes: readonly Size[];

  constructor(sizes: readonly Size[]) {
    this.#sizes = sizes;
  }

  async write(): Promise<void> {
    await Promise.all(store.clients.flatMap((client) => [this.#run(client), this.#run(client)]));
  }

  async #run(client: StoreWithTwoClients['clients'][0]): Promise<void> {
    while (this.begun < APPENDS) {
      const turn = this.begun++;
      const { events, large } = this.#sizes[turn % this.#sizes.length] ?? { events: 1, large: false };
      const padding = 'x'.repeat(large ? LARGE : 10);
      const batch = Array.from({ length: events }, () => ({
        ...{ id: randomUUID(), type: 'Happened' },
        data: { turn, padding },
      }));
      await client.append(this.streams[turn % STREAMS] ?? '', batch, 'any');
      this.answered.add(turn);
    }
  }
}

type Joined = {
  readonly follower: Follower;
  /** Over once it has rested, or left before it had seen enough; undefined where it does not rest. */
  readonly resting: Promise<void> | undefined;
  /** The appends that had been answered when it came. */
  readonly answeredBefore: ReadonlySet<number>;
  /** How many appends had begun when it was told that it had come to the end of history. */
  readonly begunBefore: () => number;
};

async function join(plan: Plan, history: History, before: bigint): Promise<Joined> {
  await eventually('it is time to join', () => history.answered.size >= plan.afterAppends, 60_000);
  const [stream = ''] = history.streams;
  const source: Source =
    plan.of === 'filtered'
      ? { kind: plan.of, prefix: stream }
      : plan.of === 'all'
        ? { kind: 'all' }
        : { kind: 'stream', stream };
  const at = typeof plan.from === 'number' ? BigInt(plan.from) + (plan.of === 'stream' ? 0n : before) : plan.from;
  const follower = new Follower(source, at === 'start' && plan.of !== 'stream' ? before : at);
  const answeredBefore = new Set(history.answered);
  let begun = APPENDS;
  await follower.open(store.clients[plan.client], () => (begun = Math.min(begun, history.begun)));
  const resting = plan.rest && rest(follower, plan.rest);
  return { follower, resting, answeredBefore, begunBefore: () => begun };
}

async function rest(follower: Follower, { afterEvents, ms }: NonNullable<Plan['rest']>): Promise<void> {
  const enough = () => !follower.isOpen || follower.seen.length >= afterEvents;
  await eventually('it has seen enough', enough, 60_000).catch(() => undefined);
  if (follower.isOpen) await follower.pause();
  await pause(ms);
  if (follower.isOpen) await follower.resume();
}

const turnOf = ({ data }: Seen): number => (data as { turn: number }).turn;

/** Everything after the place it was to start from, or, from the end, all that began after it had been let in. */
function wantedOf({ follower, begunBefore }: Joined, log: readonly Seen[]): readonly Seen[] {
  const { source, from, seen } = follower;
  const all = log.filter((event) => belongsTo(source, event));
  if (from === 'start') return all;
  if (from !== 'end')
    return all.filter(({ revision, position }) => (source.kind === 'stream' ? revision : position) > from);
  const certain = all.findIndex((event) => turnOf(event) > begunBefore());
  const first = all.findIndex(({ id }) => id === seen[0]?.id);
  if (first < 0) return certain < 0 ? [] : all.slice(certain);
  expect(certain < 0 || first <= certain).toBe(true);
  return all.slice(first);
}

async function expectTold(joined: Joined, log: readonly Seen[]): Promise<void> {
  const { follower } = joined;
  const last = log.findLast((event) => belongsTo(follower.source, event));
  const hasAll = () => follower.seen.at(-1)?.id === last?.id || wantedOf(joined, log).length === 0;
  const isThere = () => hasAll() && follower.caughtUpAfter.length > 0;
  await eventually('a subscriber is told everything', isThere, 20_000).catch(() => undefined);
  expect(placesOf(follower.seen)).toEqual(placesOf(wantedOf(joined, log)));
  expect(follower.faults).toEqual([]);
  expectCaughtUp(joined, wantedOf(joined, log));
  await follower.close();
  await joined.resting;
}

/** It is told so with all that had been written when it came, and again only if it has fallen behind meanwhile. */
function expectCaughtUp({ follower, answeredBefore, resting }: Joined, wanted: readonly Seen[]): void {
  const { caughtUpAfter } = follower;
  const written = wanted.filter((event) => answeredBefore.has(turnOf(event))).length;
  // A client that does not read holds a few events back, and not this word.
  expect((caughtUpAfter[0] ?? -1) + (resting ? HELD_BY_CLIENT : 0)).toBeGreaterThanOrEqual(written);
  expect(caughtUpAfter).toEqual(caughtUpAfter.toSorted((a, b) => a - b));
}

function expectUnbroken(log: readonly Seen[], history: History): void {
  expect(log.every(({ position }, index) => index === 0 || position > (log[index - 1]?.position ?? 0n))).toBe(true);
  for (const stream of history.streams) {
    const revisions = log.filter((event) => event.stream === stream).map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.map((_, index) => BigInt(index)));
  }
  expect(new Set(log.map(turnOf)).size).toBe(APPENDS);
  expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
}

async function property(plans: readonly Plan[], history: History): Promise<void> {
  const [last] = await store.clients[0].readAll({ direction: 'backwards', from: 'end', maxCount: 1 });
  const before = last?.position ?? 0n;
  const joining = plans.map((plan) => join(plan, history, before));
  await history.write();
  const joined = await Promise.all(joining);
  const log = await store.clients[0].readAll({ from: before + 1n });
  expectUnbroken(log, history);
  for (const one of joined) await expectTold(one, log);
}

it(
  `tells every subscriber everything once and in order, whenever it joins (EVENTSTORE_CYCLES=${CYCLES} EVENTSTORE_SEED=${SEED})`,
  async () => {
    process.stdout.write(`event store hand-over: ${CYCLES} histories, seed ${SEED}\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 8, maxLength: 16 }), sizes, (plans, given) =>
        property(plans, new History(given)),
      ),
      { seed: SEED, numRuns: CYCLES, endOnFailure: true },
    );
  },
  60_000 + CYCLES * MS_PER_CYCLE,
);
