import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { EventStoreDBClient, START } from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { lockDirectory } from '../../src/embedded-event-store/directory-lock.js';
import { newDirectory, runEmbeddedEventStore, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { collect, events, newStream } from './with-store.js';

const forkStore = (...args: string[]): ChildProcess =>
  fork(resolve('dist/embedded-event-store/cli.js'), args, { silent: true, execArgv: [] });

it('explains itself', async () => {
  const { code, stdout, stderr } = await runEmbeddedEventStore('--help');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('--dir');
});

it.each<[string, string[]]>([
  ['--dir is missing', ['--port', '0']],
  ['--port must be a number from 0 to 65535', ['--dir', 'unused', '--port', '65536']],
  ['--port must be a number from 0 to 65535', ['--dir', 'unused', '--port', 'http']],
  ["Unknown option '--colour'", ['--colour', 'red']],
])('says in one line: %s', async (reason, args) => {
  const { code, stderr } = await runEmbeddedEventStore(...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^embedded event store: .*\n$/);
  expect(stderr).toContain(reason);
});

it('refuses a directory in use, until its owner is gone, however it went', async () => {
  const first = await startEmbeddedEventStore();
  const second = await runEmbeddedEventStore('--dir', first.dir, '--port', '0');
  expect(second).toEqual({
    code: 1,
    stdout: '',
    stderr: `embedded event store: the directory ${first.dir} is in use by another process\n`,
  });
  await first.kill();
  const third = await startEmbeddedEventStore({ dir: first.dir });
  expect(await third.stop()).toBe(0);
});

it('waits for an owner that is about to exit', async () => {
  const dir = newDirectory();
  const owner = lockDirectory(dir);
  const store = forkStore('--dir', dir, '--port', '0');
  const message = once(store, 'message');
  while (!hasOpened(store.pid, join(dir, 'lock'))) await setImmediate();
  owner.close();
  expect(await message).toEqual([expect.objectContaining({ type: 'ready' }), undefined]);
  const exit = once(store, 'exit');
  store.kill();
  expect(await exit).toEqual([0, null]);
});

function hasOpened(pid: number | undefined, file: string): boolean {
  const descriptors = `/proc/${pid}/fd`;
  return readdirSync(descriptors).some((name) => {
    try {
      return readlinkSync(join(descriptors, name)) === file;
    } catch {
      return false;
    }
  });
}

it('says that its port is taken', async () => {
  const first = await startEmbeddedEventStore();
  const { code, stderr } = await runEmbeddedEventStore('--dir', newDirectory(), '--port', `${first.port}`);
  expect(code).toBe(1);
  expect(stderr).toBe(`embedded event store: port ${first.port} of 127.0.0.1 is in use by another process\n`);
  await first.stop();
});

it('tells the process that forked it where it listens, and goes when that one is gone', async () => {
  const store = forkStore('--dir', newDirectory(), '--port', '0');
  expect(await once(store, 'message')).toEqual([{ type: 'ready', port: expect.any(Number) }, undefined]);
  const exit = once(store, 'exit');
  store.disconnect();
  expect(await exit).toEqual([0, null]);
});

it('tells the process that forked it why it cannot start', async () => {
  const store = forkStore('--dir', newDirectory(), '--port', 'http');
  const exit = once(store, 'exit');
  const reason = '--port must be a number from 0 to 65535';
  expect(await once(store, 'message')).toEqual([{ type: 'failed', reason }, undefined]);
  expect(await exit).toEqual([2, null]);
});

it('keeps what it acknowledged when stopped, and lets live calls know', async () => {
  const store = await startEmbeddedEventStore();
  const client = EventStoreDBClient.connectionString(store.url);
  const subscription = client.subscribeToAll({ fromPosition: START });
  const dropped = once(subscription, 'error');
  subscription.on('data', () => undefined);
  const [stream, batch] = [newStream(), events(3)];
  await client.appendToStream(stream, batch);
  const started = Date.now();
  expect(await store.stop()).toBe(0);
  expect(Date.now() - started).toBeLessThan(2_000);
  expect(await dropped).toEqual([expect.objectContaining({ type: 'unavailable' })]);

  await client.dispose();

  const again = await startEmbeddedEventStore({ dir: store.dir });
  const reader = EventStoreDBClient.connectionString(again.url);
  expect(await collect(reader.readStream(stream))).toHaveLength(3);
  await reader.dispose();
  await again.stop();
});
