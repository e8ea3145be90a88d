import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { onPool, openPool } from '../../src/infrastructure/read-model/postgres.js';
import type { AnyTables } from '../../src/infrastructure/read-model/sql-read-model.js';
import { checkpoints } from '../../src/infrastructure/read-model/tables.js';
import { VERSION } from '../../src/postgres-read-model.js';
import { openSqlite } from '../../src/infrastructure/read-model/sqlite.js';
import { postgresUrl, silent } from '../support/databases.js';
import type { UserRenamed } from '../../src/users/domain/user.events.js';
import { auditEntry } from '../../src/users/projections/audit-entry.chronicle.js';
import { eventually } from '../support/load.js';
import { type Ended, Program } from '../support/program.js';
import { dumpOf } from '../support/read-model.js';
import { Seed } from '../support/seed.js';
import { ServiceUnderTest } from '../support/service.js';

type Listed = { position: string | null; projections: { name: string; rows: number | null; newest: string | null }[] };

/** A rebuild tells a few thousand at once: so many that it can be killed between two such batches. */
const EVENTS = 20_000;
const AT_ONCE = 500;

const nameChange = (userId: string, n: number): UserRenamed => ({
  type: 'UserRenamed',
  data: { userId, from: n === 0 ? 'Grace Hopper' : `Grace ${n - 1}`, to: `Grace ${n}` },
});

const places: [string, string][] = [
  ['SQLite', ''],
  ...(postgresUrl === undefined ? [] : [['PostgreSQL', postgresUrl] satisfies [string, string]]),
];

it('cannot be held against a log that is nowhere', async () => {
  const { code, stderr } = await new Program(['dist/cli.js', 'projections', 'verify'], {
    DATA_DIR: '/nowhere',
  }).ended();
  expect([code, stderr]).toEqual([1, expect.stringContaining('start the service first')]);
});

it('a file has no other version to drop', async () => {
  const { code, stderr } = await new Program(['dist/cli.js', 'projections', 'drop', 'x'], {}).ended();
  expect([code, stderr]).toEqual([1, expect.stringContaining('a file has one version')]);
});

describe.each(places)('projections in %s', (_, server) => {
  let service: ServiceUnderTest;
  const environment = (dataDir = service.dataDir): Record<string, string> => ({
    ...{ DATA_DIR: dataDir, EMBEDDED_EVENTSTORE_PORT: '0', DATABASE_LEASE: '2s' },
    ...(service.database && { DATABASE_URL: service.database.url }),
  });
  const run = (...args: string[]): Program => new Program(['dist/cli.js', 'projections', ...args], environment());
  const list = async (): Promise<Listed> => JSON.parse((await run('list', '--json').ended()).stdout) as Listed;
  const read = async <T>(what: (db: Kysely<AnyTables>) => Promise<T>): Promise<T> => {
    const file = join(service.dataDir, 'read-model.sqlite');
    const db = service.database
      ? onPool(openPool(service.database.url, 1, silent, { schema: VERSION }))
      : (openSqlite(file, 'reading') as Kysely<AnyTables>);
    return what(db).finally(() => db.destroy());
  };
  const write = <T>(what: (db: Kysely<AnyTables>) => Promise<T>): Promise<T> => {
    if (service.database) return read(what);
    const db = openSqlite(join(service.dataDir, 'read-model.sqlite'), 'writing') as Kysely<AnyTables>;
    return what(db).finally(() => db.destroy());
  };
  const dump = (): Promise<string> => read(dumpOf);
  /** Rows of the audit trail, of which each event has one; none while there is no table. */
  const toldEvents = (): Promise<number> =>
    read((db) => db.selectFrom(auditEntry.name).select(db.fn.countAll().as('rows')).executeTakeFirstOrThrow()).then(
      ({ rows }) => Number(rows),
      () => 0,
    );
  const rebuild = (): Promise<Ended> => run('rebuild').ended();

  beforeAll(async () => {
    service = await ServiceUnderTest.start({ server, env: { DATABASE_LEASE: '2s' } });
    const seed = new Seed(service);
    for (let i = 0; i < 30; i++) await seed.user({ name: `Ada ${i}` });
    const { ulid: userId } = await seed.user();
    for (let n = 0; n < EVENTS; n += AT_ONCE) {
      const renamed = Array.from({ length: AT_ONCE }, (_, i) => nameChange(userId, n + i));
      await seed.happenedAtOnce(renamed as [UserRenamed, ...UserRenamed[]]);
    }
    await seed.close();
  }, 90_000);
  afterAll(() => service.dispose());

  it('are listed while the service runs, and cannot be told anew meanwhile', async () => {
    const { position, projections } = await list();
    expect(Number(position)).toBeGreaterThan(0);
    const users = projections.find(({ name }) => name.startsWith('user-view'));
    expect(users?.rows).toBeGreaterThan(30);
    expect(Number(users?.newest)).toBeLessThanOrEqual(Number(position));
    const text = (await run('list').ended()).stdout;
    expect(text).toMatch(/^PROJECTION +ROWS +NEWEST\n/);
    expect(text).toContain(`told up to position ${position ?? ''}`);
    const { code, stderr } = await rebuild();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/in use by another process|stop every instance/)]);
    expect((await list()).position).toBe(position);
  });
  it('are held against the log: of its events, each once', async () => {
    const { code, stdout, stderr } = await run('verify', '--json').ended();
    expect([code, stderr]).toEqual([0, expect.stringMatching(/verifying: 100 %, \d+ events\n$/)]);
    const { position, events } = JSON.parse(stdout) as { position: string; events: number };
    expect(position).toBe((await list()).position);
    expect(events).toBeGreaterThan(EVENTS);
    const { stdout: text } = await run('verify').ended();
    expect(text).toBe(
      `Up to position ${position} the read model was told the ${events} events that the log has, once each.\n`,
    );
  });
  it.each([
    [
      'one was left out',
      { events: -1, chain: '' },
      /the log has \d+ events for the read model, which was told \d+: tell/,
    ],
    ['another was told in the place of one', { events: 0, chain: 'x' }, /which was told \d+, but not the same: tell/],
  ])('are found out where %s', async (_what, { events, chain }, said) => {
    const claim = (more: number, chained: string): Promise<unknown> =>
      write((db) =>
        sql`update ${sql.id(checkpoints.name)} set "events" = "events" + ${more}, "chain" = ${chained}`.execute(db),
      );
    const [before] = await read((db) => db.selectFrom(checkpoints.name).selectAll().execute());
    const now = String(before?.chain);
    await claim(events, `${now}${chain}`);
    const { code, stdout, stderr } = await run('verify', '--json').ended();
    await claim(-events, now);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(said)]);
  });
  /** Kills a rebuild in its midst: once a part of history, which may be any, is told, and before all of it is. */
  async function cutShort(): Promise<void> {
    const all = await toldEvents();
    expect(all).toBeGreaterThan(EVENTS);
    const part = Math.random() * 0.4 * all;
    const cut = run('rebuild');
    const inItsMidst = (rows: number): boolean => rows > part && rows < all;
    await eventually('a part of history is told anew', async () => inItsMidst(await toldEvents()), 30_000);
    expect((await cut.end('SIGKILL')).code).toBeNull();
    expect(await toldEvents()).toBeLessThan(all);
  }
  it('are told anew byte for byte by a rebuild after one that was killed in its midst', async () => {
    await service.stop();
    const grown = await dump();
    await cutShort();
    // The lock of one that was killed lasts a while in a shared database.
    let last = await rebuild();
    for (let tries = 0; last.code !== 0 && tries < 20; tries++) last = await rebuild();
    expect(last.stderr).toMatch(/100 %, \d+ events/);
    expect(Number(/^Told (\d+) events in/.exec(last.stdout)?.[1])).toBeGreaterThan(EVENTS);
    expect(await dump()).toBe(grown);
  }, 90_000);
  it('are told the rest, byte for byte, by the start of the service after a rebuild that was killed', async () => {
    await service.stop();
    const grown = await dump();
    await cutShort();
    const { dataDir, database } = service;
    const env = { DATABASE_LEASE: '2s', ...(database && { DATABASE_URL: database.url }) };
    const again = await ServiceUnderTest.start({ dataDir, server, env });
    await again.stop();
    expect(await dump()).toBe(grown);
  }, 90_000);
  it('cannot be held against a log that does not answer', async () => {
    await service.stop();
    const { code, stderr } = await run('verify').ended();
    expect([code, stderr.split('\n').length]).toEqual([1, 2]);
    expect(stderr).toContain('the event store does not answer: start the service first');
  });
  it.each([[['x']], [['list', 'x']], [['drop']], [['verify', 'x']], [['drop', 'x', 'y']], [[]]])(
    'refuses %j',
    async (args) => {
      const { code, stderr } = await run(...args).ended();
      expect([code, stderr]).toEqual([2, expect.stringContaining('Usage: npm run -s cli -- projections')]);
    },
  );
});
