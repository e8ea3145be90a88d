import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EventStoreDBClient, START } from '@eventstore/db-client';
import { afterEach, expect, it } from '@jest/globals';
import { newDirectory, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';
import { eventstore } from '../support/event-store-tools.js';
import { noSmallDisk, smallDisk } from '../support/small-disk.js';
import { collect, event, events, idsOf } from './with-store.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

/** Writes until it is told to stop, and notes what was acknowledged and what was not. */
class Author {
  readonly acknowledged: string[] = [];
  readonly refused: string[] = [];
  readonly refusals = new Set<string>();

  constructor(readonly client: EventStoreDBClient) {}

  /** Like a client that does not know what became of its append, it asks again with the same event. */
  async write(bytes: number, until: () => boolean): Promise<void> {
    let next = event('Happened', { text: 'x'.repeat(bytes) });
    while (!until()) {
      try {
        const expectedRevision = this.acknowledged.length === 0 ? 'no_stream' : BigInt(this.acknowledged.length - 1);
        await this.client.appendToStream('book', next, { expectedRevision });
        this.acknowledged.push(next.id);
        next = event('Happened', { text: 'x'.repeat(bytes) });
      } catch (error) {
        this.refused.push(next.id);
        this.refusals.add(String(error));
      }
    }
  }
}

function openStore(store: EmbeddedEventStore): { client: EventStoreDBClient; said: string[] } {
  const client = EventStoreDBClient.connectionString(store.url);
  const said: string[] = [];
  store.process.stderr?.on('data', (text: Buffer) => said.push(...text.toString().split('\n').filter(Boolean)));
  cleanUp.push(async () => {
    await client.dispose();
    await store.stop();
  });
  return { client, said };
}

const STOPPED =
  /^embedded event store: the disk (is full|has failed .*): nothing is written until that has changed; reading goes on$/;
const RESUMED = 'embedded event store: the disk takes what is written again: writing goes on';

/** Holds what can be read, also by a subscription, and after another start, against what was acknowledged. */
async function assertKept(store: EmbeddedEventStore, client: EventStoreDBClient, author: Author): Promise<void> {
  expect(idsOf(await collect(client.readStream('book')))).toEqual(author.acknowledged);
  await client.dispose();
  await store.kill();
  const again = await startEmbeddedEventStore({ dir: store.dir });
  const reader = EventStoreDBClient.connectionString(again.url);
  expect(idsOf(await collect(reader.readStream('book')))).toEqual(author.acknowledged);
  await reader.dispose();
  expect(await again.stop()).toBe(0);
  expect(await eventstore(['verify', '--dir', store.dir])).toMatchObject({ code: 0 });
}

async function stopsAndResumes(store: EmbeddedEventStore, disk: { fail: () => void; mend: () => void }): Promise<void> {
  const { client, said } = openStore(store);
  const author = new Author(client);
  const heard: string[] = [];
  const subscription = client.subscribeToStream('book', { fromRevision: START });
  subscription.on('data', ({ event }) => heard.push(event?.id ?? ''));
  subscription.on('error', () => undefined);
  await author.write(1_000, () => author.acknowledged.length === 20);
  disk.fail();
  await author.write(100_000, () => author.refused.length === 20);
  expect(said.filter((line) => STOPPED.test(line)).length).toBeGreaterThan(0);
  expect(
    [...author.refusals].every((text) => /the disk (is full|has failed)[^\n]*writing resumes by itself/.test(text)),
  ).toBe(true);
  expect(idsOf(await collect(client.readStream('book')))).toEqual(author.acknowledged);

  disk.mend();
  const before = author.acknowledged.length;
  await author.write(1_000, () => author.acknowledged.length === before + 20);
  while (said.at(-1) !== RESUMED) await once(store.process.stderr ?? store.process, 'data');
  while (heard.length < author.acknowledged.length) await once(subscription, 'data');
  expect(heard).toEqual(author.acknowledged);
  await assertKept(store, client, author);
}

const onFullDisk = noSmallDisk === undefined ? it : it.skip;

onFullDisk(
  `a full disk stops writing alone, until there is room${noSmallDisk ? ` (skipped: ${noSmallDisk})` : ''}`,
  async () => {
    const disk = smallDisk(8);
    cleanUp.push(() => {
      disk.remove();
    });
    const store = await startEmbeddedEventStore({ dir: join(disk.dir, 'store') });
    await stopsAndResumes(store, {
      fail: () => {
        disk.fill(50_000);
      },
      mend: () => {
        disk.free();
      },
    });
  },
);

onFullDisk(
  `a store on a full disk starts, reads, and writes once there is room${noSmallDisk ? ` (skipped: ${noSmallDisk})` : ''}`,
  async () => {
    const disk = smallDisk(8);
    cleanUp.push(() => {
      disk.remove();
    });
    const dir = join(disk.dir, 'store');
    const first = await startEmbeddedEventStore({ dir });
    const client = EventStoreDBClient.connectionString(first.url);
    for (let turn = 0; turn < 30; turn++) await client.appendToStream('book', events(4, 'x'.repeat(10_000)));
    await client.dispose();
    await first.kill();
    // Room for the shared memory that SQLite needs, and not for what the write-ahead log is to become.
    disk.fill(65_536);
    const store = await startEmbeddedEventStore({ dir });
    const { client: second, said } = openStore(store);
    expect(await collect(second.readStream('book'))).toHaveLength(120);
    await expect(second.appendToStream('book', event())).rejects.toThrow('the disk is full; writing resumes by itself');
    disk.free();
    while (!said.includes(RESUMED)) await once(store.process.stderr ?? store.process, 'data');
    expect(await second.appendToStream('book', event())).toMatchObject({ nextExpectedRevision: 120n });
  },
);

it('a file that may not grow stops writing alone, until it may', async () => {
  // A limit of the system on the process, which needs no rights: writing past it fails as a broken disk would.
  const store = await startEmbeddedEventStore();
  const pid = `${store.process.pid ?? 0}`;
  await stopsAndResumes(store, {
    fail: () => execFileSync('prlimit', ['--pid', pid, '--fsize=400000:unlimited']),
    mend: () => execFileSync('prlimit', ['--pid', pid, '--fsize=unlimited:unlimited']),
  });
});

/** Builds the library that lets fsync fail; says why if it cannot. */
const shim = (() => {
  const dir = newDirectory();
  const library = join(dir, 'failing-fsync.so');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, resolve('test/support/failing-fsync.c')], {
      stdio: 'ignore',
    });
    return { library, flag: join(dir, 'fail') };
  } catch {
    return { missing: 'needs a C compiler, cc, on Linux' };
  }
})();
const withFailingFsync = 'missing' in shim ? it.skip : it;

withFailingFsync(
  `an fsync that fails acknowledges nothing, and nothing of it appears later${'missing' in shim ? ` (skipped: ${shim.missing})` : ''}`,
  async () => {
    const { library, flag } = shim as { library: string; flag: string };
    const store = await startEmbeddedEventStore({ env: { LD_PRELOAD: library, FAIL_FSYNC: flag } });
    await stopsAndResumes(store, {
      fail: () => {
        writeFileSync(flag, '');
      },
      mend: () => {
        rmSync(flag);
      },
    });
  },
);
