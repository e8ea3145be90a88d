import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { type EmbeddedEventStore, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { Program } from '../support/program.js';

let store: EmbeddedEventStore;
let client: EventStoreDBClient;
const directory = mkdtempSync(join(tmpdir(), 'user-ledger-cli-'));

beforeAll(async () => {
  store = await startEmbeddedEventStore();
  client = EventStoreDBClient.connectionString(store.url);
});
afterAll(async () => {
  await client.dispose();
  await store.stop();
  rmSync(directory, { recursive: true });
});

const cli = (env: Record<string, string>, ...args: string[]) => new Program(['dist/cli.js', ...args], env).ended();
const consumers = (...args: string[]) => cli({ EVENTSTORE_URL: store.url }, 'consumers', ...args);
const printed = async (...args: string[]): Promise<unknown> => {
  const { code, stdout, stderr } = await consumers(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

describe('the life of a group', () => {
  const userId = ulid();
  const happened = () => jsonEvent({ type: 'DeveloperPermissionGranted', data: { userId } });

  it('begins with its creation', async () => {
    const { code, stdout, stderr } = await consumers('create', 'mailer');
    expect([code, stdout, stderr]).toEqual([0, 'Made group mailer on $ce-user.\n', '']);
    await client.appendToStream(`user-${userId}`, [happened(), happened(), happened()]);
    expect(await printed('info', 'mailer')).toEqual({
      ...{ stream: '$ce-user', group: 'mailer', status: 'Live', connections: [], lag: '3', inFlight: 0, retrying: 0 },
      ...{ parked: '0', lastCheckpoint: null },
      settings: { from: 'start', maxRetries: 10, messageTimeout: 30_000, strategy: 'round-robin' },
    });
  });

  it('is had with every setting, on other streams too', async () => {
    const settings = { from: 'end', maxRetries: 2, messageTimeout: 5_000, strategy: 'pinned' };
    const options = ['--from', 'end', '--max-retries', '2', '--message-timeout', '5000', '--strategy', 'pinned'];
    for (const stream of ['$all', `user-${userId}`]) {
      const address = { stream, group: 'other' };
      expect(await printed('create', 'other', '--stream', stream, ...options)).toEqual({ ...address, settings });
      expect(await printed('info', 'other', '--stream', stream)).toMatchObject({ ...address, settings });
    }
  });

  it('is shown among others, for people', async () => {
    const { code, stdout } = await consumers('list');
    const cells = stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 5));
    expect([code, ...cells]).toEqual([
      0,
      ['STREAM', 'GROUP', 'STATUS', 'CONSUMERS', 'LAG'],
      ['$all', 'other', 'Live', '0', '-'],
      ['$ce-user', 'mailer', expect.any(String), '0', '3'],
      [`user-${userId}`, 'other', 'Live', '0', '-'],
      [''],
    ]);
  });

  it('goes on with parked events, once they are asked for', async () => {
    const subscription = client.subscribeToPersistentSubscriptionToStream('$ce-user', 'mailer');
    const seen: number[] = [];
    const counts = { toPark: 3, again: 0 };
    for await (const message of subscription) {
      seen.push(Number(message.link?.revision));
      if (counts.toPark-- > 0) await subscription.nack('park', 'a test', message);
      else await subscription.ack(message);
      if (seen.length === 3) {
        while (
          (await client.getPersistentSubscriptionToStreamInfo('$ce-user', 'mailer')).stats.parkedMessageCount < 3n
        );
        const { stdout } = await consumers('info', 'mailer');
        expect(stdout).toMatch(/^parked +3$/m);
        expect(stdout).toMatch(/^CONSUMER +IN FLIGHT +FREE SLOTS\n\S+ +0 +10$/m);
        const replayed = await consumers('replay-parked', 'mailer', '--stop-at', '2');
        expect(replayed).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('3 were parked, those before number 2'),
        });
      }
      if (seen.length === 5) expect(await printed('replay-parked', 'mailer')).toMatchObject({ parked: '1' });
      if (seen.length === 6) break;
    }
    await subscription.unsubscribe();
    expect(seen).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('ends with its deletion', async () => {
    expect(await consumers('delete', 'mailer')).toMatchObject({ code: 0, stdout: 'Ended group mailer on $ce-user.\n' });
    const { code, stdout, stderr } = await consumers('info', 'mailer');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^user-ledger: stream \$ce-user has no consumer group mailer: list shows .*\n$/);
  });
});

describe('wrong usage', () => {
  it.each<[string[], RegExp]>([
    [[], /a command is missing/],
    [['make'], /there is no command make|consumers has no command make/],
    [['create'], /create wants the name of a group/],
    [['create', 'a', 'b'], /one group at a time/],
    [['create', 'a', '--from', 'middle'], /--from must be one of start, end/],
    [['create', 'a', '--max-retries', 'many'], /--max-retries must be a whole number from 0/],
    [['create', 'a', '--message-timeout', '0'], /--message-timeout must be a whole number from 1/],
    [['create', 'a', '--strategy', 'fair'], /--strategy must be one of round-robin, dispatch-to-single, pinned/],
    [['create', 'a', '--stream', '-user'], /--stream/],
    [['create', 'a', '--stream', '$ce-account'], /--stream must be '\$ce-user'/],
    [['create', 'a', '--tries', '3'], /--tries/],
    [['list', 'a'], /list takes no name/],
    [['replay-parked', 'a', '--stop-at', '-1'], /--stop-at/],
  ])('%j is told so, with how it is done right', async (args, saying) => {
    const { code, stdout, stderr } = await consumers(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(saying);
    expect(stderr).toMatch(/\nUsage: npm run -s cli -- consumers /);
  });

  it.each([[[]], [['create']], [['list']], [['info']], [['replay-parked']], [['delete']]])(
    '%j says with --help how it is done',
    async (args) => {
      const { code, stdout, stderr } = await cli({}, 'consumers', ...args, '--help');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`^Usage: npm run -s cli -- consumers ${args[0] ?? '<command>'}`));
    },
  );
});

describe('the event store', () => {
  const word = (eventstore_url: unknown) => {
    writeFileSync(join(directory, 'initial-admin.json'), JSON.stringify({ eventstore_url }));
  };

  it('is the one of the service that runs on the data directory, which stays as it is', async () => {
    word(store.url);
    const { code, stdout } = await cli({ DATA_DIR: directory }, 'consumers', 'list', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.any(Array)]);
    expect(readdirSync(directory)).toEqual(['initial-admin.json']);
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['was never started', () => ({ DATA_DIR: join(directory, 'nowhere') }), /there is no .*initial-admin.json/],
    ['left no word', () => (word(undefined), { DATA_DIR: directory }), /does not tell where/],
    ['is gone', () => (word('esdb://127.0.0.1:1?tls=false'), { DATA_DIR: directory }), /does not answer/],
    ['is not where it is said to be', () => ({ EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' }), /does not answer/],
  ])('says what to do where it %s', async (_, environment, saying) => {
    const { code, stdout, stderr } = await cli(environment(), 'consumers', 'list');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(saying);
    expect(stderr).toMatch(/^user-ledger: [^\n]+: start the service first \(npm start\), or set EVENTSTORE_URL\n$/);
  });

  it('is not looked for at an address that cannot be', async () => {
    const { code, stderr } = await cli({ EVENTSTORE_URL: 'http://x' }, 'consumers', 'list');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^user-ledger: EVENTSTORE_URL must be [^\n]+\n$/)]);
  });
});

describe('the command line', () => {
  it.each<[string[], number, RegExp]>([
    [['--help'], 0, /Commands:\n {2}users .*\n {2}consumers .*\n {2}keys .*\n {2}projections .* drop\n {2}rebuild /],
    [['rebuild', '--help'], 0, /^Usage: npm run -s cli -- projections rebuild/],
    [[], 2, /a command is missing/],
    [['sing'], 2, /there is no command sing/],
    [['rebuild', 'all'], 2, /rebuild takes no all/],
    [['rebuild', '--fast'], 2, /--fast/],
  ])('%j', async (args, exit, saying) => {
    const { code, stdout, stderr } = await cli({}, ...args);
    expect([code, (exit === 0 ? stdout : stderr).match(saying) !== null]).toEqual([exit, true]);
  });
});
