import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Kysely } from 'kysely';
import { onPool, openPool } from '../../src/infrastructure/read-model/postgres.js';
import type { AnyTables } from '../../src/infrastructure/read-model/sql-read-model.js';
import { VERSION } from '../../src/postgres-read-model.js';
import { openSqlite } from '../../src/infrastructure/read-model/sqlite.js';
import { postgresUrl, silent } from '../support/databases.js';
import { type Ended, Program } from '../support/program.js';
import { dumpOf } from '../support/read-model.js';
import { Seed } from '../support/seed.js';
import { ServiceUnderTest } from '../support/service.js';

type Listed = { position: string | null; projections: { name: string; rows: number | null; newest: string | null }[] };

const places: [string, string][] = [
  ['SQLite', ''],
  ...(postgresUrl === undefined ? [] : [['PostgreSQL', postgresUrl] satisfies [string, string]]),
];

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
  const dump = async (): Promise<string> => {
    const file = join(service.dataDir, 'read-model.sqlite');
    const db = service.database
      ? onPool(openPool(service.database.url, 1, silent, { schema: VERSION }))
      : (openSqlite(file, 'reading') as Kysely<AnyTables>);
    return dumpOf(db).finally(() => db.destroy());
  };
  const rebuild = (): Promise<Ended> => run('rebuild').ended();

  beforeAll(async () => {
    service = await ServiceUnderTest.start({ server, env: { DATABASE_LEASE: '2s' } });
    const seed = new Seed(service);
    for (let i = 0; i < 30; i++) await seed.user({ name: `Ada ${i}` });
    await seed.close();
  }, 60_000);
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
  it('are told anew byte for byte, also after that was cut short', async () => {
    await service.stop();
    const grown = await dump();
    const cut = run('rebuild');
    const { code } = await cut.end('SIGKILL');
    expect(code).toBeNull();
    // The lock of one that was killed lasts a while in a shared database.
    let last = await rebuild();
    for (let tries = 0; last.code !== 0 && tries < 20; tries++) last = await rebuild();
    expect(last.stderr).toMatch(/100 %, \d+ events/);
    expect(last.stdout).toMatch(/^Told \d+ events in/);
    expect(await dump()).toBe(grown);
  }, 60_000);
  it.each([[['x']], [['list', 'x']], [['drop']], [['drop', 'x', 'y']], [[]]])('refuses %j', async (args) => {
    const { code, stderr } = await run(...args).ended();
    expect([code, stderr]).toEqual([2, expect.stringContaining('Usage: npm run -s cli -- projections')]);
  });
});
