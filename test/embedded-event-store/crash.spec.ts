import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { newDirectory, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';
import { belongsTo } from '../support/event-store-client.js';
import type { Seen } from '../support/event-store-client.js';
import { eventually, randomFrom } from '../support/load.js';
import { CrashLoad } from './crash-load.js';
import { expectWholeLog } from './expect-whole-log.js';
import { placesOf } from './properties/follower.js';
import { seedLog } from './seed-log.js';

const CYCLES = Number(process.env.EVENTSTORE_CYCLES ?? 3);
const SEED = Number(process.env.EVENTSTORE_SEED ?? randomInt(2 ** 31));
const EVENTS = Number(process.env.EVENTSTORE_EVENTS ?? 2_000);
const CONNECTIONS = 8;
const KILL_WITHIN_MS = 400;
const REPEATED = 5;
/** The goal is two seconds on a machine at rest; others may be at work. */
const RECOVERED_WITHIN_MS = 6_000;
const MS_PER_CYCLE = 8_000;

/** A store that is killed again and again, those who use it, and what its log was found to hold. */
class CrashTest {
  readonly recoveries: number[] = [];
  unanswered = 0;
  readonly #log: Seen[] = [];

  constructor(
    private store: EmbeddedEventStore,
    readonly load: CrashLoad,
    private readonly random: () => number,
  ) {}

  async cycle(): Promise<void> {
    const before = this.load.acknowledged;
    const writing = this.load.write();
    await eventually('appends are acknowledged', () => this.load.acknowledged > before, 30_000);
    await pause(this.random() * KILL_WITHIN_MS);
    await this.store.kill();
    await writing;
    const from = performance.now();
    this.store = await startEmbeddedEventStore({ dir: this.store.dir });
    this.recoveries.push(performance.now() - from);
    await this.load.connect(this.store.port);
    await this.#readOn();
    this.#expectLedgerKept();
    this.unanswered += await this.load.repeatUnknown();
    expect(await this.load.repeatAcknowledged(REPEATED)).toEqual([]);
    await this.#readOn();
    this.#expectLedgerKept();
    expect(this.load.ledger.filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
    await this.#expectFollowersTold();
  }

  /** All that was ever acknowledged, held against a log that is read anew. */
  async expectAllKept(): Promise<void> {
    this.#log.length = 0;
    await this.#readOn();
    this.#expectLedgerKept();
  }

  async end(): Promise<string> {
    await this.load.end();
    await this.store.stop();
    return this.store.dir;
  }

  async #readOn(): Promise<void> {
    const position = this.#log.at(-1)?.position ?? BigInt(EVENTS);
    for (const event of await this.load.read(position + 1n)) this.#log.push(event);
  }

  /** What was acknowledged is there, where its writer was told; nothing is there twice, in part, or unasked for. */
  #expectLedgerKept(): void {
    const places = new Map(this.#log.map((event, index) => [event.id, index]));
    expect(places.size).toBe(this.#log.length);
    let asked = 0;
    for (const { outcome, ids, stream, revision, position } of this.load.ledger) {
      const found = ids.map((id) => places.get(id));
      const there = found.filter((index) => index !== undefined);
      if (outcome === 'refused' && there.length > 0) expect({ stream, there }).toEqual({ stream, there: [] });
      if (outcome !== 'acknowledged' && there.length === 0) continue;
      asked += ids.length;
      const first = there[0] ?? -1;
      // Compared before it is asserted: an assertion takes longer than all of the rest, and there are a great many.
      if (found.some((index, i) => index !== first + i))
        expect({ stream, found }).toEqual({ stream, found: ids.map((_, index) => first + index) });
      const last = this.#log[first + ids.length - 1];
      const told = outcome === 'acknowledged' ? { stream, revision, position } : { ...last, stream };
      if (last?.stream !== stream || last.revision !== told.revision || last.position !== told.position)
        expect(last).toMatchObject(told);
    }
    expect(asked).toBe(this.#log.length);
    this.#expectUnbroken();
  }

  #expectUnbroken(): void {
    const next = new Map<string, bigint>();
    let before = BigInt(EVENTS);
    for (const { stream, revision, position } of this.#log) {
      const wanted = next.get(stream) ?? 0n;
      if (revision !== wanted || position <= before) expect({ stream, revision, position }).toEqual({ wanted, before });
      next.set(stream, wanted + 1n);
      before = position;
    }
  }

  async #expectFollowersTold(): Promise<void> {
    await this.load.hear(this.#log);
    for (const { seen, source } of this.load.followers) {
      const [heard, told] = [placesOf(seen), placesOf(this.#log.filter((event) => belongsTo(source, event)))];
      if (heard.length !== told.length || heard.some((place, i) => place !== told[i])) expect(heard).toEqual(told);
    }
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

it(
  `keeps every acknowledged append, whole and once, however often it is killed (EVENTSTORE_CYCLES=${CYCLES} EVENTSTORE_SEED=${SEED} EVENTSTORE_EVENTS=${EVENTS})`,
  async () => {
    process.stdout.write(`event store crash test: ${CYCLES} kills, ${EVENTS} events before, seed ${SEED}\n`);
    const random = randomFrom(SEED);
    const dir = newDirectory();
    seedLog(dir, EVENTS);
    const store = await startEmbeddedEventStore({ dir });
    const test = new CrashTest(store, await CrashLoad.start(store.port, CONNECTIONS, BigInt(EVENTS), random), random);
    try {
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        await test.cycle().catch((error: unknown) => {
          process.stdout.write(`event store crash test: seed ${SEED} fails in cycle ${cycle}\n`);
          throw error;
        });
      }
      await test.expectAllKept();
    } finally {
      await test.end();
    }
    expectWholeLog(dir, EVENTS);
    rmSync(dir, { recursive: true });
    const { acknowledged } = test.load;
    const slowest = Math.max(...test.recoveries);
    process.stdout.write(
      `event store crash test: ${acknowledged} appends acknowledged, ${test.unanswered} asked for again, ` +
        `ready after ${median(test.recoveries).toFixed(0)} ms, ${slowest.toFixed(0)} ms at most\n`,
    );
    expect(acknowledged).toBeGreaterThan(CYCLES * CONNECTIONS);
    expect(slowest).toBeLessThan(RECOVERED_WITHIN_MS);
  },
  60_000 + CYCLES * MS_PER_CYCLE + EVENTS / 10,
);
