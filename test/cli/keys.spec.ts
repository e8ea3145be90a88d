import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createdKey, type CreatedKey, type ListedKey, listKeys, postKey } from '../acceptance/api-keys.js';
import { withService } from '../acceptance/with-service.js';
import { Program } from '../support/program.js';
import { daysFromNow } from '../support/seed.js';

const context = withService();
const directory = mkdtempSync(join(tmpdir(), 'user-ledger-cli-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const cli = (env: Record<string, string>, ...args: string[]) => new Program(['dist/cli.js', ...args], env).ended();
const here = () => ({ DATA_DIR: context.service.dataDir });
const keys = (...args: string[]) => cli(here(), 'keys', ...args);
const as = (key: string) => ['--url', context.service.baseUrl, '--key', key];
const works = async (key: string) => (await context.service.request('/v2/api-keys', { key })).status;
async function printed<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await keys(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

describe('the life of a key', () => {
  it('is made, listed and revoked by the service’s own first admin', async () => {
    const made = await printed<CreatedKey>('create', 'nightly export');
    expect(await works(made.key)).toBe(200);
    const { key: _key, ...rest } = made;
    expect(await printed<ListedKey[]>('list')).toContainEqual(expect.objectContaining(rest));
    expect(await printed('revoke', made.id)).toEqual({ id: made.id });
    expect(await works(made.key)).toBe(401);
    expect((await printed<ListedKey[]>('list')).map(({ id }) => id)).not.toContain(made.id);
  });

  it('is shown to people', async () => {
    const user = await context.seed.user({ role: 'annotator' });
    const { stdout, code } = await keys('create', 'ci', '--expires-at', daysFromNow(1), ...as(user.key));
    expect(code).toBe(0);
    const [, key = ''] = /^key {6}(ul_\w{33})$/m.exec(stdout) ?? [];
    expect(await works(key)).toBe(200);
    const [, id = ''] = /^id {7}(\S+)$/m.exec(stdout) ?? [];
    expect(stdout).toMatch(/\nKeep the key: it is shown this once\.\n$/);
    const list = (await keys('list', ...as(user.key))).stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(list).toEqual([
      ['ID', 'NAME', 'KEY', 'USER', 'CREATED', 'EXPIRES', 'LAST USED'],
      [
        expect.any(String),
        'seeded',
        expect.any(String),
        user.id,
        expect.any(String),
        'never',
        expect.stringMatching(/^\d{4}-/),
      ],
      [
        id,
        'ci',
        `${key.slice(0, 6)}…${key.slice(-4)}`,
        user.id,
        expect.any(String),
        expect.stringMatching(/^\d{4}-/),
        expect.stringMatching(/^\d{4}-/),
      ],
      [''],
    ]);
    expect(await keys('revoke', id, ...as(user.key))).toEqual({ code: 0, stdout: `Revoked ${id}.\n`, stderr: '' });
  });

  it('is made for others by an admin', async () => {
    const user = await context.seed.user();
    const made = await printed<CreatedKey>('create', 'theirs', '--user', user.id);
    expect((await listKeys(context.service, { key: made.key })).api_keys.map(({ id }) => id)).toContain(made.id);
  });

  it('is listed however many there are', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    for (let i = 0; i < 101; i++) await createdKey(await postKey(service, { name: `key ${i}` }, user));
    expect(await printed<ListedKey[]>('list', ...as(user.key))).toHaveLength(102);
  });
});

describe('what fails', () => {
  it.each<[string, () => Promise<string[]>, RegExp]>([
    [
      'a name that cannot be',
      () => Promise.resolve(['create', ' ']),
      /^user-ledger: 400 Invalid request: name must not be empty/,
    ],
    ['no id', () => Promise.resolve(['revoke', 'x']), /^user-ledger: 400 Invalid request: api_key_id must be an id/],
    ['an unknown key', () => Promise.resolve(['revoke', 'QXBpS2V5Ong=']), /^user-ledger: 404 API key not found: /],
    ['a wrong key', () => Promise.resolve(['list', ...as('ul_wrong')]), /^user-ledger: 401 Unauthenticated: /],
    [
      'what one may not',
      async () => ['create', 'x', '--user', context.service.admin.user_id, ...as((await context.seed.user()).key)],
      /^user-ledger: 403 Not allowed: Managing other users' keys/,
    ],
    [
      'no service there',
      () => Promise.resolve(['list', '--url', 'http://127.0.0.1:3', '--key', 'x']),
      /does not answer: ECONNREFUSED/,
    ],
  ])('%s is said in one line', async (_, args, saying) => {
    const { code, stdout, stderr } = await keys(...(await args()));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(saying);
    expect(stderr).toMatch(/^user-ledger: [^\n]+\n$/);
  });

  it.each<[string, string | undefined, RegExp]>([
    ['was never started', undefined, /there is no .*initial-admin.json .*: start the service first/],
    ['left no word', '{}', /does not tell where the service is: start the service first/],
    ['left no JSON', '{', /does not tell where the service is/],
  ])('so is a service that %s', async (_, word, saying) => {
    if (word !== undefined) writeFileSync(join(directory, 'initial-admin.json'), word);
    const { code, stderr } = await cli({ DATA_DIR: directory }, 'keys', 'list');
    expect([code, stderr]).toEqual([1, expect.stringMatching(saying)]);
  });
});

describe('wrong usage', () => {
  it.each<[string[], RegExp]>([
    [[], /a command is missing/],
    [['make'], /keys has no command make/],
    [['create'], /create wants one name/],
    [['create', 'a', 'b'], /in quotes where it has spaces/],
    [['list', 'a'], /list takes no names/],
    [['list', '--all'], /--all/],
    [['revoke'], /revoke wants the id of one API key/],
    [['list', '--url', 'localhost:3000', '--key', 'x'], /--url must be an address/],
    [['list', '--url', 'http://localhost:3000'], /--url wants --key with it/],
  ])('%j is told so, with how it is done right', async (args, saying) => {
    const { code, stdout, stderr } = await keys(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(saying);
    expect(stderr).toMatch(/\nUsage: npm run -s cli -- keys /);
  });

  it.each([[[]], [['create']], [['list']], [['revoke']]])('%j says with --help how it is done', async (args) => {
    const { code, stdout, stderr } = await cli({}, 'keys', ...args, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: npm run -s cli -- keys ${args[0] ?? '<command>'}`));
  });
});
