import { randomInt } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { expectAudited } from '../support/audited.js';
import {
  acknowledged,
  addUsers,
  type Change,
  dumpReadModel,
  eventually,
  expectLedgerKept,
  Load,
  randomFrom,
  send,
  storePid,
} from '../support/load.js';
import { ServiceUnderTest } from '../support/service.js';

const CYCLES = Number(process.env.CRASH_CYCLES ?? 5);
const SEED = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31));
/** After so many, a new data directory: a rebuild takes as long as history is. */
const CYCLES_PER_HISTORY = 9;
const KILL_WITHIN_MS = 300;
const CLIENTS = 8;
const USERS = 4;
/** Acknowledged requests that are sent again, as a client that missed the answer would. */
const REPEATED = 3;

const VICTIMS = ['the store', 'the service', 'both'] as const;
type Victim = (typeof VICTIMS)[number];

/** A service, and the memory of everyone who ever asked it for something. */
class CrashTest {
  private readonly changes: Change[] = [];

  private constructor(
    private service: ServiceUnderTest,
    private readonly userIds: readonly string[],
    private readonly random: () => number,
  ) {}

  static async start(random: () => number): Promise<CrashTest> {
    const service = await ServiceUnderTest.start();
    try {
      return new CrashTest(service, await addUsers(service, USERS), random);
    } catch (error) {
      await service.dispose();
      throw error;
    }
  }

  async cycle(victim: Victim): Promise<void> {
    const { apiKey } = this;
    const load = new Load(this.service, { userIds: this.userIds, apiKey, clients: CLIENTS, random: this.random });
    await pause(this.random() * KILL_WITHIN_MS);
    await (victim === 'the store' ? this.killStore(load) : this.killService(load, victim === 'both'));
    expect(load.faults).toEqual([]);
    expect(load.changes.filter(({ answer }) => ![undefined, 200, 503].includes(answer))).toEqual([]);
    this.changes.push(...load.changes);
    await this.expectLedgerKept();
    await this.sendAgain(load.changes);
    await this.expectLedgerKept();
    await expectAudited(this.service, this.userIds);
    await this.expectRebuildEqual();
  }

  async end(): Promise<void> {
    await this.service.dispose();
  }

  private get apiKey(): string {
    return this.service.admin.api_key;
  }

  /** The service must outlive its store, and come back without being asked. */
  private async killStore(load: Load): Promise<void> {
    const { pid = 0 } = this.service.process;
    const store = await this.killStoreOf(pid);
    await eventually('another store runs', () => ![undefined, store].includes(storePid(pid)));
    const before = load.changes.length;
    await eventually('changes are acknowledged again', () => load.changes.slice(before).some(acknowledged));
    await load.stop();
    expect(this.service.process.exitCode).toBeNull();
  }

  private async killService(load: Load, storeToo: boolean): Promise<void> {
    if (storeToo) await this.killStoreOf(this.service.process.pid ?? 0);
    await this.service.stop('SIGKILL');
    await load.ended();
    this.service = await ServiceUnderTest.start({ dataDir: this.service.dataDir });
  }

  private async killStoreOf(servicePid: number): Promise<number> {
    await eventually('a store runs', () => storePid(servicePid) !== undefined);
    const pid = storePid(servicePid) ?? 0;
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  private async sendAgain(changes: readonly Change[]): Promise<void> {
    const unanswered = changes.filter((change) => !acknowledged(change));
    const answered = changes.filter(acknowledged).slice(-REPEATED);
    for (const change of [...unanswered, ...answered]) {
      const response = await send(this.service, this.apiKey, change);
      expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ name: change.name })]);
    }
  }

  private expectLedgerKept(): Promise<void> {
    return expectLedgerKept(this.service.admin.eventstore_url, this.userIds, this.changes);
  }

  /** The read model that grew through all of this is the one that history alone makes. */
  private async expectRebuildEqual(): Promise<void> {
    const { dataDir } = this.service;
    expect(await this.service.stop()).toBe(0);
    const grown = dumpReadModel(dataDir);
    for (const file of readdirSync(dataDir)) if (file.startsWith('read-model.sqlite')) rmSync(join(dataDir, file));
    this.service = await ServiceUnderTest.start({ dataDir });
    expect(dumpReadModel(dataDir)).toBe(grown);
    expect(grown.split('\n').length).toBeGreaterThan(this.changes.filter(acknowledged).length);
  }
}

it(
  `loses nothing and doubles nothing when it is killed (CRASH_CYCLES=${CYCLES} CRASH_SEED=${SEED})`,
  async () => {
    process.stdout.write(`crash test: ${CYCLES} cycles, seed ${SEED}\n`);
    const random = randomFrom(SEED);
    for (let cycle = 0; cycle < CYCLES;) {
      const test = await CrashTest.start(random);
      try {
        for (const last = Math.min(cycle + CYCLES_PER_HISTORY, CYCLES); cycle < last; cycle++) {
          const victim = VICTIMS[cycle % VICTIMS.length] ?? 'both';
          await test.cycle(victim).catch((error: unknown) => {
            process.stdout.write(`crash test: seed ${SEED} fails in cycle ${cycle}, which kills ${victim}\n`);
            throw error;
          });
        }
      } finally {
        await test.end();
      }
    }
  },
  30_000 + CYCLES * 20_000,
);
