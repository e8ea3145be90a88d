import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { runEmbeddedEventStore } from '../support/embedded-event-store.js';
import { collect, events, newStream } from './with-store.js';

const CLI = resolve('dist/embedded-event-store/cli.js');

type Ready = Readonly<Record<string, unknown>> & { readonly url: string };

/** Starts it in a directory of its own, and reads the one line it prints once it is ready. */
async function startJson(...args: string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'event-store-cli-'));
  const child = spawn(process.execPath, [CLI, ...args, '--json'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    line: line.toString(),
    ready: JSON.parse(line.toString()) as Ready,
    pid: child.pid,
    files: () => readdirSync(cwd, { recursive: true }),
    stop: async (signal: NodeJS.Signals): Promise<unknown> => {
      const exit = once(child, 'exit');
      child.kill(signal);
      const [code] = (await exit) as [unknown];
      rmSync(cwd, { recursive: true });
      return code;
    },
  };
}

it('says in one line of JSON that it is ready, and where; a signal ends it well', async () => {
  const { line, ready, pid, files, stop } = await startJson('--dir', 'events', '--port', '0');
  expect(line).toMatch(/^\{.*\}\n$/);
  const port = expect.any(Number);
  const url = `esdb://127.0.0.1:${Number(ready.port)}?tls=false`;
  expect(ready).toEqual({ type: 'ready', host: '127.0.0.1', port, url, tls: false, user: null, dir: 'events', pid });
  expect(files()).toContain('events');
  expect(await stop('SIGINT')).toBe(0);
});

it('starts without a command as with it, and keeps nothing on disk in memory', async () => {
  const { ready, files, stop } = await startJson('start', '--in-memory', '--port', '0');
  const client = EventStoreDBClient.connectionString(ready.url);
  const stream = newStream();
  await client.appendToStream(stream, events(3));
  expect(await collect(client.readStream(stream))).toHaveLength(3);
  await client.dispose();
  expect([ready.dir, files()]).toEqual([null, []]);
  expect(await stop('SIGTERM')).toBe(0);
});

it('lists its commands, and what the one that needs no name takes', async () => {
  const { code, stdout } = await runEmbeddedEventStore('--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}start +runs the node/m);
  expect(stdout).toMatch(/--in-memory/);
});

it.each([[['stop']], [['toString']], [['stop', '--dir', 'unused']]])('knows no command %j', async (args) => {
  expect(await runEmbeddedEventStore(...args)).toEqual({
    code: 2,
    stdout: '',
    stderr: `embedded event store: there is no command ${args[0] ?? ''} (see --help)\n`,
  });
});

it('says in one line which certificate it cannot read', async () => {
  const { code, stderr } = await runEmbeddedEventStore('--in-memory', '--tls-cert', 'no.crt', '--tls-key', 'no.key');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^embedded event store: the certificate cannot be read: ENOENT.*no\.crt'\n$/);
});

it('refuses in one line to be reached from elsewhere by anybody', async () => {
  const { code, stderr } = await runEmbeddedEventStore('--in-memory', '--port', '0', '--host', '0.0.0.0');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^embedded event store: --host 0\.0\.0\.0 is not loopback.*\n$/);
});
