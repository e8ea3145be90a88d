import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newDirectory } from './support/embedded-event-store.js';

let dir: string;
beforeEach(() => {
  dir = newDirectory();
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Resolves to what a program says that has `EmbeddedEventStoreProcess`, and `start()` for one; it has to end by itself. */
async function told(program: string): Promise<string> {
  const whole = `
    import { EmbeddedEventStoreProcess } from ${JSON.stringify(pathToFileURL('dist/supervisor.js').href)};
    const node = process.execPath;
    const error = ({ fault }, message) => console.log(message, fault ?? '');
    const start = () => EmbeddedEventStoreProcess.start(${JSON.stringify(join(dir, 'eventstore'))}, 0, { error });
    ${program}`;
  // A file: what Node is told on the command line, the store's process is told, too.
  const file = join(dir, 'program.mjs');
  writeFileSync(file, whole);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 20_000 });
  return stdout;
}

describe('an embedded event store whose process the system does not make', () => {
  it('is tried again where it ran before', async () => {
    const lines = await told(`
      const store = await start();
      const { url, child } = store;
      process.execPath = '/nowhere/node';
      child.kill('SIGKILL');
      while (store.pause <= 50) await new Promise((resolve) => setTimeout(resolve, 5));
      process.execPath = node;
      while (store.child.exitCode !== null || store.pause > 50) await new Promise((resolve) => setTimeout(resolve, 5));
      console.log(store.url === url ? 'runs again' : 'runs elsewhere');
      await store.stop();`);
    expect(lines).toMatch(/^the embedded event store has died; starting it again/);
    expect(lines).toMatch(/\nthe embedded event store does not start; trying again .*ENOENT/);
    expect(lines).toMatch(/\nruns again\n$/);
  });
  it('says so at the start', async () => {
    const lines = await told(`
      process.execPath = '/nowhere/node';
      await start().catch((error) => console.log(error.constructor.name, error.message));`);
    expect(lines).toMatch(/^EmbeddedEventStoreFailed the embedded event store .*ENOENT\n$/);
  });
});
