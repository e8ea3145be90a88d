import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exitCodeOf } from '../../src/embedded-event-store/command-line.js';
import { isLoopback } from '../../src/embedded-event-store/listening/loopback.js';
import { readSettings } from '../../src/embedded-event-store/settings.js';
import { makeCertificate } from '../support/certificate.js';
import type { Certificate } from '../support/certificate.js';
import { newDirectory } from '../support/embedded-event-store.js';

const context = {} as { node: Certificate; other: Certificate; dir: string };
beforeAll(async () => {
  context.node = await makeCertificate();
  context.other = await makeCertificate();
  context.dir = newDirectory();
});
afterAll(() => {
  context.node.remove();
  context.other.remove();
  rmSync(context.dir, { recursive: true });
});

const tls = () => ['--tls-cert', context.node.cert, '--tls-key', context.node.key];
const read = (args: string[], env = {}) => readSettings(['--dir', 'd', ...args], env);

function refusalOf(args: string[], env = {}): { reason: string; code: number } {
  try {
    readSettings(args, env);
  } catch (error) {
    return { reason: (error as Error).message, code: exitCodeOf(error) };
  }
  throw new Error('these settings are accepted');
}

it('listens on loopback and the port of the original unless told otherwise, to everybody', () => {
  expect(read([])).toEqual({
    dir: 'd',
    host: '127.0.0.1',
    port: 2113,
    tls: undefined,
    user: undefined,
    json: false,
  });
});
it('has no directory in memory', () => {
  expect(readSettings(['--in-memory', '--port', '0'], {})).toMatchObject({ dir: undefined, port: 0 });
});
it('asks for help', () => {
  expect(readSettings(['--help', '--port', 'http'], {})).toBeUndefined();
});
it('listens elsewhere with TLS and a user', () => {
  const args = ['--host', '0.0.0.0', ...tls(), '--user', 'ada', '--password', 'secret'];
  expect(read(args)).toMatchObject({ host: '0.0.0.0', user: { name: 'ada', password: 'secret' } });
});
it('encrypts on loopback without a user', () => {
  expect(read(tls())).toMatchObject({ tls: { cert: context.node.pem }, user: undefined });
});

describe('the password', () => {
  it('comes from the environment', () => {
    expect(read([...tls(), '--user', 'ada'], { EVENTSTORE_PASSWORD: 'e' })?.user).toEqual({
      name: 'ada',
      password: 'e',
    });
  });
  it('comes from a file, without the line break at its end', () => {
    const file = join(context.dir, 'password');
    writeFileSync(file, ' two words \r\n');
    const user = read([...tls(), '--user', 'ada', '--password-file', file], { EVENTSTORE_PASSWORD: 'e' })?.user;
    expect(user?.password).toBe(' two words ');
  });
  it('of the command line comes before the environment', () => {
    const args = [...tls(), '--user', 'ada', '--password', 'c'];
    expect(read(args, { EVENTSTORE_PASSWORD: 'e' })?.user?.password).toBe('c');
  });
  it('in the environment alone makes no user', () => {
    expect(read([], { EVENTSTORE_PASSWORD: 'e' })?.user).toBeUndefined();
  });
});

describe('wrong usage is', () => {
  it.each<[string, () => string[]]>([
    ['--dir is missing', () => []],
    ['--dir and --in-memory exclude each other', () => ['--dir', 'd', '--in-memory']],
    ['--port must be a number from 0 to 65535', () => ['--dir', 'd', '--port', '65536']],
    ['--host is empty', () => ['--dir', 'd', '--host', '']],
    ['--tls-cert and --tls-key go together', () => ['--dir', 'd', '--tls-cert', context.node.cert]],
    ['--tls-cert and --tls-key go together', () => ['--dir', 'd', '--tls-key', context.node.key]],
    ['--user wants --tls-cert and --tls-key', () => ['--dir', 'd', '--user', 'ada', '--password', 'x']],
    ['a password wants --user', () => ['--dir', 'd', ...tls(), '--password', 'x']],
    ['a password wants --user', () => ['--dir', 'd', ...tls(), '--password-file', 'x']],
    ['--user wants a password', () => ['--dir', 'd', ...tls(), '--user', 'ada']],
    ['--user wants a password', () => ['--dir', 'd', ...tls(), '--user', 'ada', '--password', '']],
    ['a name without a colon', () => ['--dir', 'd', ...tls(), '--user', 'a:b', '--password', 'x']],
    ['a name without a colon', () => ['--dir', 'd', ...tls(), '--user', '', '--password', 'x']],
    [
      '--password and --password-file exclude each other',
      () => ['--dir', 'd', ...tls(), '--user', 'ada', '--password', 'x', '--password-file', 'y'],
    ],
    ['--host 0.0.0.0 is not loopback', () => ['--dir', 'd', '--host', '0.0.0.0']],
    ['--host 0.0.0.0 is not loopback', () => ['--dir', 'd', '--host', '0.0.0.0', ...tls()]],
    ["Unknown option '--colour'", () => ['--dir', 'd', '--colour']],
    ["Unexpected argument 'stray'", () => ['--dir', 'd', 'stray']],
  ])('%s', (reason, args) => {
    expect(refusalOf(args())).toEqual({ reason: expect.stringContaining(reason), code: 2 });
  });
});

describe('a failure is', () => {
  it.each<[string, () => string[]]>([
    ['the certificate cannot be read: ENOENT', () => ['--tls-cert', '/nowhere', '--tls-key', context.node.key]],
    ['the key cannot be read: ENOENT', () => ['--tls-cert', context.node.cert, '--tls-key', '/nowhere']],
    ['no certificate and its key', () => ['--tls-cert', context.node.cert, '--tls-key', context.other.key]],
    ['no certificate and its key', () => ['--tls-cert', context.node.key, '--tls-key', context.node.key]],
    ['the password cannot be read: ENOENT', () => [...tls(), '--user', 'ada', '--password-file', '/nowhere']],
  ])('%s', (reason, args) => {
    expect(refusalOf(['--dir', 'd', ...args()])).toEqual({ reason: expect.stringContaining(reason), code: 1 });
  });
});

it.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.1', false],
  ['fe80::1', false],
  ['localhost.example.com', false],
  ['128.0.0.1', false],
])('of %s, that it is loopback is %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});
