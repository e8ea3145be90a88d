import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { withService } from '../acceptance/with-service.js';
import { Program } from '../support/program.js';

const context = withService();
const empty = mkdtempSync(join(tmpdir(), 'user-ledger-cli-'));
afterAll(() => {
  rmSync(empty, { recursive: true });
});

const run = (env: Record<string, string>, ...args: string[]) =>
  new Program(['dist/cli.js', 'users', ...args], env).ended();
const users = (...args: string[]) => run({ DATA_DIR: context.service.dataDir }, ...args);
const printed = async (...args: string[]): Promise<unknown> => {
  const { code, stdout, stderr } = await users(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

describe('the life of a user', () => {
  it('is led from invitation to removal', async () => {
    const email = 'katherine@example.com';
    const invited = (await printed('invite', email, '--name', 'Katherine', '--role', 'annotator')) as { id: string };
    expect(invited).toMatchObject({ email, status: 'invited', role: { name: 'annotator' }, is_developer: false });
    const { id } = invited;
    const updated = await printed('update', id, '--name', 'Katherine J', '--developer', 'true');
    expect(updated).toMatchObject({ id, name: 'Katherine J', is_developer: true });
    expect(await printed('get', id)).toEqual(updated);
    expect(await printed('list', '--email', 'KATHERINE', '--status', 'invited')).toEqual([updated]);
    expect(await users('remove', id)).toMatchObject({ code: 0, stdout: `Removed ${id}.\n` });
    expect(await users('get', id)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/: 404 [^\n]+\n$/),
    });
  });
  it('begins at once, where that is wished for', async () => {
    const args = ['invite', 'mary@example.com', '--name', 'Mary', '--developer', 'false', '--at-once'];
    expect(await printed(...args)).toMatchObject({ status: 'active', is_developer: false });
    expect(await users(...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(/: 409 E-mail taken/) });
  });
});

describe('for people', () => {
  it('one user is shown, and many listed', async () => {
    const { user_id: id } = context.service.admin;
    expect((await users('get', id)).stdout).toMatch(new RegExp(`^id +${id}\nname +Admin\ne-mail +admin@example.com\n`));
    const [head, first, more] = (await users('list', '--limit', '1')).stdout.split('\n');
    expect(head).toMatch(/^ID +NAME +E-MAIL +STATUS +ROLE +DEVELOPER$/);
    expect(first).toMatch(new RegExp(`^${id} +Admin +admin@example.com +active +admin +yes$`));
    expect(more).toBe('There are more; --limit shows them.');
    expect((await users('list', '--email', 'nobody@nowhere')).stdout).toBe('There are no such users.\n');
  });
  it('a list goes on over pages', async () => {
    const { seed } = context;
    for (let i = 0; i < 101; i++) await seed.user({ status: 'invited' });
    expect(await printed('list', '--status', 'invited', '--limit', '101')).toHaveLength(101);
  }, 60_000);
});

describe('which service', () => {
  it('is the one given, with its key', async () => {
    const { service, seed } = context;
    const { key } = await seed.user({ role: 'annotator' });
    const { code, stderr } = await run({}, 'list', '--url', service.baseUrl, '--key', key);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^user-ledger: 403 Not allowed: [^\n]+\n$/)]);
  });
  it.each<[string, string[], RegExp]>([
    ['was never started', [], /there is no .*initial-admin.json .*start the service first/],
    [
      'is not there',
      ['--url', 'http://127.0.0.1:3', '--key', 'ul_x'],
      /does not answer: ECONNREFUSED; start the service first/,
    ],
  ])('is told where it %s', async (_, args, saying) => {
    const { code, stdout, stderr } = await run({ DATA_DIR: empty }, 'list', ...args);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(saying)]);
  });
});

describe('wrong usage', () => {
  it.each<[string[], RegExp]>([
    [[], /a command is missing/],
    [['make'], /users has no command make/],
    [['get'], /get wants the id of a user/],
    [['get', 'a', 'b'], /one at a time/],
    [['list', 'a'], /list takes no id/],
    [['list', '--limit', '0'], /--limit must be a whole number from 1/],
    [['list', '--status', 'gone'], /--status must be one of active, invited, expired/],
    [['invite', 'a@example.com'], /invite wants --name/],
    [['invite', 'a@example.com', '--name', 'A', '--role', 'owner'], /--role must be one of/],
    [['update', 'a'], /update wants --name, --developer/],
    [['list', '--url', 'http://127.0.0.1:1'], /--url wants --key with it/],
    [['update', 'a', '--developer', 'yes'], /--developer must be one of true, false/],
  ])('%j is told so', async (args, saying) => {
    const { code, stdout, stderr } = await run({}, ...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(saying)]);
    expect(stderr).toMatch(/\nUsage: npm run -s cli -- users /);
  });
  it.each([[[]], [['list']], [['get']], [['invite']], [['update']], [['remove']]])('%j has --help', async (args) => {
    const { code, stdout } = await run({}, ...args, '--help');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: npm run -s cli -- users /)]);
  });
});
