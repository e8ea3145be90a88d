import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { MOST_WAITING } from '../../src/infrastructure/read-model/room.js';
import { VERSION } from '../../src/postgres-read-model.js';
import { userVersion } from '../../src/users/projections/user-version.chronicle.js';
import { newDatabase, postgresUrl } from '../support/databases.js';
import { eventually } from '../support/load.js';
import { Seed } from '../support/seed.js';
import { ServiceUnderTest } from '../support/service.js';

/** Of ten connections. */
const MAY_HANG = 4;
/** Far less than a statement may take: whoever is answered by then has not waited for one that hangs. */
const SOON_MS = 3_000;
const SLOW_MACHINE_MS = 120_000;

const withPostgres = postgresUrl === undefined ? describe.skip : describe;

withPostgres('reads of history that hang (skipped where there is no PostgreSQL)', () => {
  let database: Awaited<ReturnType<typeof newDatabase>>;
  let service: ServiceUnderTest;
  let seed: Seed;
  let locking: pg.Client;

  beforeAll(async () => {
    database = await newDatabase(postgresUrl ?? '');
    service = await ServiceUnderTest.start({ env: { DATABASE_URL: database.url } });
    seed = new Seed(service);
    locking = new pg.Client(database.url);
    await locking.connect();
  }, SLOW_MACHINE_MS);
  afterAll(async () => {
    await seed.close();
    await locking.end();
    await service.dispose();
    await database.drop();
  }, SLOW_MACHINE_MS);

  const asOf = () => service.request(`/v2/users?as_of=${encodeURIComponent(new Date().toISOString())}`);
  /** Statements that wait for the lock. */
  async function hanging(): Promise<number> {
    const { rows } = await locking.query<{ hanging: string }>(
      `select count(*) as hanging from pg_locks where not granted and relation = $1::regclass`,
      [`"${VERSION}"."${userVersion.name}"`],
    );
    return Number(rows[0]?.hanging);
  }

  it(
    'leave room for keys and lists, are refused at once beyond a thousand, and go on when they can',
    async () => {
      const member = await seed.user();
      await locking.query(`begin; lock table "${VERSION}"."${userVersion.name}" in access exclusive mode`);
      const told: string[] = [];
      // Those that hang, those that may wait, and one more.
      const asked = Array.from({ length: MAY_HANG + MOST_WAITING + 1 }, async () => {
        const answer = await asOf();
        const { type = '' } = (await answer.json()) as { type?: string };
        told.push(`${answer.status} ${type} ${String(answer.headers.get('retry-after'))}`);
      });
      await eventually('one is refused', () => told.length > 0);
      expect(told).toEqual(['503 /problems/overloaded 1']);
      expect(await hanging()).toBe(MAY_HANG);
      // The key was never used: it is looked up, and so is its owner.
      const began = performance.now();
      expect((await service.request('/v2/users', { key: member.key })).status).toBe(200);
      expect(performance.now() - began).toBeLessThan(SOON_MS);
      await locking.query('rollback');
      await Promise.all(asked);
      // A slow machine may have taken longer than a statement may.
      for (const each of told.slice(1)) expect(each).toMatch(/^(200  null|503 .problems.read-model-unavailable 1)$/);
      expect((await asOf()).status).toBe(200);
      const metrics = await (await service.request('/metrics', { key: '' })).text();
      expect(metrics).toMatch(/^user_ledger_http_problems_total\{type="overloaded"\} 1$/m);
    },
    SLOW_MACHINE_MS,
  );
});
