import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { userEvents } from '../../../src/users/domain/user.events.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'user-ledger-consumer-'));
const run = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });

/** A project elsewhere with the package as built, and with none of what the service itself needs. */
beforeAll(() => {
  const installed = join(project, 'node_modules', 'user-ledger');
  cpSync(join(ROOT, 'dist'), join(installed, 'dist'), { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  copyFileSync(join(ROOT, 'test/users/contract/consumer.ts'), join(project, 'consumer.mts'));
});
afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

it('lets a consumer elsewhere compile, by declarations that stand alone', () => {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noImplicitReturns', '--skipLibCheck', 'false'];
  const target = ['--noEmit', '--target', 'es2023', '--module', 'nodenext'];
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    expect(run(compiler, ...strict, ...target, 'consumer.mts')).toBe('');
  } catch (error) {
    expect((error as { stdout?: string }).stdout ?? error).toBe('');
  }
});
it('names every user event at run time, and needs nothing else to', () => {
  const program = "import { userEventTypes } from 'user-ledger/events'; console.log(JSON.stringify(userEventTypes))";
  expect(JSON.parse(run('--input-type=module', '--eval', program))).toEqual(Object.keys(userEvents));
});
it('gives access to nothing else of the service', () => {
  const program = "await import('user-ledger/dist/main.js').catch(({ code }) => console.log(code))";
  expect(run('--input-type=module', '--eval', program).trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
});
