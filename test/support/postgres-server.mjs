// A PostgreSQL server for tests: in a directory of its own, on a free port of loopback, gone without a trace when stopped.
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';
/** Sorts as people do: whatever relies on the order of bytes has to say so. */
const ENGLISH = ['--locale-provider=icu', '--icu-locale=en'];

/** Where the programs of the newest PostgreSQL on this machine are; undefined where there is none. */
function programs() {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [...versions.map((v) => join(INSTALLED, v, 'bin')), ...(process.env.PATH ?? '').split(delimiter)];
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'pg_ctl')));
}

/** Whether {@link startPostgres} can start one here: there are its programs, and for root, whom it refuses, its user. */
export function hasPostgres() {
  return programs() !== undefined && (process.getuid?.() !== 0 || postgresUser() !== undefined);
}

function postgresUser() {
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts one. Durable as in earnest: nothing is turned off.
 *
 * @param {readonly string[]} options settings, such as `ssl=on`
 * @param {Readonly<Record<string, string>>} files what to put in its directory, by name
 */
export async function startPostgres(options = [], files = {}) {
  const bin = programs();
  if (bin === undefined) throw new Error('there is no PostgreSQL on this machine');
  const dir = mkdtempSync(join(tmpdir(), 'user-ledger-postgres-'));
  const as = process.getuid?.() === 0 ? postgresUser() : undefined;
  if (as) chownSync(dir, as.uid, as.gid);
  const data = join(dir, 'data');
  const inIt = { cwd: dir, ...as, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  const initialise = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    ...ENGLISH,
    '--no-sync',
  ];
  await run(join(bin, 'initdb'), initialise, inIt);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(data, name), text, { mode: 0o600 });
    if (as) chownSync(join(data, name), as.uid, as.gid);
  }
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=`, 'max_connections=300'];
  const start = () => {
    const flags = [...settings, ...options].map((setting) => `-c ${setting}`).join(' ');
    return run(join(bin, 'pg_ctl'), ['-D', data, '-w', '-l', join(dir, 'log'), '-o', flags, 'start'], inIt);
  };
  await start();
  const halt = (mode) => run(join(bin, 'pg_ctl'), ['-D', data, '-w', '-m', mode, 'stop'], inIt);
  return {
    dir,
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    /** @param {'fast' | 'immediate'} mode */
    halt,
    async stop() {
      await halt('fast').catch(() => undefined);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
