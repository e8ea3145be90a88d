import { randomInt } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { ChaosProxy, type Fault, FAULTS } from '../support/chaos-proxy.js';
import { type EmbeddedEventStore, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { addUsers, dumpReadModel, eventually, namesIn, randomFrom, readLog, streamOf } from '../support/load.js';
import { ServiceUnderTest } from '../support/service.js';
import { Witness } from '../support/witness.js';

const SHORT = process.env.CHAOS_CYCLES === undefined;
const CYCLES = SHORT ? FAULTS.length : Number(process.env.CHAOS_CYCLES);
const SEED = Number(process.env.CHAOS_SEED ?? randomInt(2 ** 31));
const COMMANDS_PER_CYCLE = SHORT ? 14 : 20;
const CLIENTS = 5;
const USERS = 4;
/** A fault begins at some time among the commands, and is mostly over before they are given up. */
const BEGINS_WITHIN_MS = 60;
const LASTS_UP_TO_MS = SHORT ? 600 : 2_500;
/** Longer than an append is tried for: what comes of it stays unknown. */
const LASTS_LONG_MS = 5_500;
/** From when the network is well again, without a restart. */
const RECOVERS_WITHIN_MS = 5_000;
/** Commands that were done and are sent once more, as a client that missed the answer would. */
const REPEATED = 5;

let store: EmbeddedEventStore;
let proxy: ChaosProxy;
let service: ServiceUnderTest;
let slowest = 0;

afterEach(async () => {
  await proxy.stop();
  await service.dispose();
  await store.stop();
  rmSync(store.dir, { recursive: true, force: true });
}, 60_000);

/** Commands, and a fault among them; then the truth about each of them. */
async function cycle(witness: Witness, fault: Fault, random: () => number, long: boolean): Promise<void> {
  const load = witness.load(COMMANDS_PER_CYCLE, CLIENTS);
  await pause(random() * BEGINS_WITHIN_MS);
  proxy.begin(fault);
  await pause(long ? LASTS_LONG_MS : random() * LASTS_UP_TO_MS);
  proxy.heal();
  const healed = performance.now();
  const ready = eventually('it is ready again', async () => (await readiness()) === 200, RECOVERS_WITHIN_MS);
  await Promise.all([load, ready.then(() => (slowest = Math.max(slowest, performance.now() - healed)))]);
  await witness.expectNothingOfRefused(store.url);
  await witness.askAgain();
  await witness.expectSameAnswers(REPEATED);

  await witness.expectTrue(store.url);
  expect(service.process.exitCode).toBeNull();
}

const readiness = async (): Promise<number> => (await service.request('/health/ready', { key: '' })).status;

/** The read model that grew through all of this is the one that history alone makes. */
async function expectRebuildEqual(): Promise<void> {
  const { dataDir } = service;
  expect(await service.stop()).toBe(0);
  const grown = dumpReadModel(dataDir);
  for (const file of readdirSync(dataDir)) if (file.startsWith('read-model.sqlite')) rmSync(join(dataDir, file));
  service = await ServiceUnderTest.start({ dataDir, env: { EVENTSTORE_URL: store.url }, server: undefined });
  expect(await service.stop()).toBe(0);
  expect(dumpReadModel(dataDir)).toBe(grown);
}

it(
  `tells the truth over a bad network (CHAOS_CYCLES=${CYCLES} CHAOS_SEED=${SEED})`,
  async () => {
    process.stdout.write(`chaos test: ${CYCLES} cycles of ${COMMANDS_PER_CYCLE} commands, seed ${SEED}\n`);
    const random = randomFrom(SEED);
    store = await startEmbeddedEventStore();
    proxy = await ChaosProxy.start(store.port, random);
    const env = { EVENTSTORE_URL: `esdb://127.0.0.1:${proxy.port}?tls=false` };
    service = await ServiceUnderTest.start({ env, server: undefined });
    const witness = new Witness(service, await addUsers(service, USERS), random);
    for (let i = 0; i < CYCLES; i++) {
      const fault = FAULTS[i % FAULTS.length] ?? 'cut';
      // Of every so many one, and never the same fault every time.
      const long = i % (FAULTS.length + 1) === FAULTS.indexOf('lost answers');
      await cycle(witness, fault, random, long).catch((error: unknown) => {
        process.stdout.write(`chaos test: seed ${SEED} fails in cycle ${i}, which is ${fault}\n`);
        throw error;
      });
    }
    await expectRebuildEqual();
    expect(witness.commands).toHaveLength(CYCLES * COMMANDS_PER_CYCLE);
    expect(service.output.filter((line) => /unhandled|uncaught/i.test(line))).toEqual([]);
    expect(slowest).toBeLessThan(RECOVERS_WITHIN_MS);
    process.stdout.write(`chaos test: ready again at most ${Math.round(slowest)} ms after a fault was over\n`);
  },
  60_000 + CYCLES * 30_000,
);

it('an append whose answer is lost is counted by what became of it', async () => {
  store = await startEmbeddedEventStore();
  proxy = await ChaosProxy.start(store.port, Math.random);
  service = await ServiceUnderTest.start({ env: { EVENTSTORE_URL: `esdb://127.0.0.1:${proxy.port}?tls=false` } });
  const { user_id: id } = service.admin;
  const resolved = async (): Promise<number[]> => {
    const text = await (await service.request('/metrics', { key: '' })).text();
    return ['stored', 'not_stored', 'unknown'].map((resolution) => {
      const sample = `user_ledger_appends_resolved_total{resolution="${resolution}"} `;
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(sample))
          ?.slice(sample.length),
      );
    });
  };
  const names = async () => namesIn((await readLog(store.url, [streamOf(id)]))[0] ?? []);
  /** Samples may be a moment old. */
  const expectResolved = async (counts: readonly number[]): Promise<void> => {
    await eventually('something is resolved', async () => String(await resolved()) === String(counts)).catch(
      () => undefined,
    );
    expect(await resolved()).toEqual(counts);
  };
  await expectResolved([0, 0, 0]);
  proxy.begin('lost answers');
  const changing = service.update(id, { name: 'Ada' });
  await eventually('it is stored', async () => (await names()).includes('Ada'));
  proxy.heal(); // which cuts off what was to answer
  expect((await changing).status).toBe(200);
  await expectResolved([1, 0, 0]);
  proxy.begin('lost answers');
  expect((await service.update(id, { name: 'Eve' })).status).toBe(503);
  proxy.heal();
  await expectResolved([1, 0, 1]);
  expect(await names()).toEqual(['Ada', 'Eve']);
}, 60_000);
