import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VERSION } from '../../src/postgres-read-model.js';
import { postgresUrl } from '../support/databases.js';
import { Instances, isOwner } from '../support/instances.js';
import { OtherVersion } from '../support/other-version.js';
import { type Ended, Program } from '../support/program.js';
import type { ServiceUnderTest } from '../support/service.js';

type Listed = Readonly<{ others: readonly { schema: string; position: string | null; told: boolean }[] }>;

const server = postgresUrl ?? '';
const withPostgres = postgresUrl === undefined ? describe.skip : describe;

let instances: Instances;
let next: OtherVersion;

withPostgres('two versions on one PostgreSQL (skipped where there is none)', () => {
  beforeEach(async () => {
    next = new OtherVersion();
    instances = await Instances.start(server, 1, { DATABASE_LEASE: '2s' });
  }, 60_000);
  afterEach(async () => {
    await instances.dispose();
    next.remove();
  }, 60_000);

  const path = (): string => `/v2/users/${instances.admin.user_id}`;
  const nameAt = async (of: ServiceUnderTest, position?: string): Promise<unknown> => {
    const headers = position === undefined ? {} : { 'x-wait-for-position': position };
    const answer = await of.request(path(), { key: instances.admin.api_key, headers });
    return ((await answer.json()) as { name?: string }).name ?? answer.status;
  };
  const rename = async (by: ServiceUnderTest, name: string): Promise<string> => {
    const renamed = await by.update(instances.admin.user_id, { name }, { key: instances.admin.api_key });
    expect(renamed.status).toBe(200);
    return renamed.headers.get('x-position') ?? '';
  };
  const projections = (cli: string, ...args: string[]): Promise<Ended> =>
    new Program([cli, 'projections', ...args, '--json'], {
      ...{ DATABASE_URL: instances.databaseUrl, DATA_DIR: instances.dir },
    }).ended();
  const othersOf = async (cli: string): Promise<Listed['others']> =>
    (JSON.parse((await projections(cli, 'list')).stdout) as Listed).others;

  it('run side by side, each telling its own tables, and the former can be gone back to until it is dropped', async () => {
    const [former] = instances.all as [ServiceUnderTest];
    await rename(former, 'before');
    // Nobody is turned away while the next version tells history.
    const asked: unknown[] = [];
    const started = new AbortController();
    const asking = (async () => {
      while (!started.signal.aborted) asked.push(await nameAt(former));
    })();
    const newer = await instances.add({}, next.main);
    started.abort();
    await asking;
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => name !== 'before')).toEqual([]);

    expect([await isOwner(former), await isOwner(newer)]).toEqual([true, true]);
    expect(await nameAt(former, await rename(newer, 'by the newer'))).toBe('by the newer');
    expect(await nameAt(newer, await rename(former, 'by the former'))).toBe('by the former');

    const [theirs, ...more] = await othersOf('dist/cli.js');
    expect([theirs?.told, more]).toEqual([true, []]);
    expect(Number(theirs?.position)).toBeGreaterThan(0);
    const dropping = await projections('dist/cli.js', 'drop', theirs?.schema ?? '');
    expect([dropping.code, dropping.stderr]).toEqual([1, expect.stringContaining('stop those of that version first')]);

    await former.stop();
    await rename(newer, 'later');
    expect(await othersOf(next.cli)).toEqual([
      { schema: VERSION, position: expect.stringMatching(/^\d+$/), told: false },
    ]);
    const back = await instances.add();
    expect(await nameAt(back)).toBe('later');
    await back.stop();

    expect(await projections(next.cli, 'drop', VERSION)).toMatchObject({ code: 0 });
    expect(await othersOf(next.cli)).toEqual([]);
    expect(await nameAt(newer, await rename(newer, 'last'))).toBe('last');
  }, 90_000);

  it('a version drops neither its own tables, nor what is none of ours', async () => {
    for (const [schema, why] of [
      [VERSION, 'projections rebuild tells it anew'],
      ['user_ledger_000000000000', 'projections list names them'],
      ['public', 'projections list names them'],
    ] as const) {
      const { code, stderr } = await projections('dist/cli.js', 'drop', schema);
      expect([schema, code, stderr]).toEqual([schema, 1, expect.stringContaining(why)]);
    }
    const [former] = instances.all as [ServiceUnderTest];
    expect(await nameAt(former)).toEqual(expect.any(String));
  });
});
