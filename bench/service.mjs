// The built service as the benchmark runs it: on free ports and a data directory of its own.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const READY_WITHIN_MS = 60_000;

export class Service {
  #child;
  #dataDir = mkdtempSync(join(tmpdir(), 'user-ledger-bench-'));

  /** Resolves once it says that it listens. */
  async start() {
    if (!existsSync(PROGRAM)) throw new Error('dist/main.js is missing: run `npm run build` first');
    const began = performance.now();
    this.#child = spawn(process.execPath, [PROGRAM], {
      env: { ...this.environment, HOST: '127.0.0.1', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await this.#listening();
    this.readySeconds = (performance.now() - began) / 1000;
    this.url = new URL(url);
    this.admin = JSON.parse(readFileSync(join(this.#dataDir, 'initial-admin.json'), 'utf8'));
  }

  #listening() {
    return new Promise((resolve, reject) => {
      let output = '';
      const timer = setTimeout(() => reject(new Error('the service is not ready after a minute')), READY_WITHIN_MS);
      this.#child.stdout.setEncoding('utf8').on('data', (text) => {
        output += text;
        const url = /user-ledger listens on (\S+)\s/.exec(output)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      });
      this.#child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`the service ended with ${code} before it was ready`));
      });
    });
  }

  get pid() {
    return this.#child.pid;
  }

  get authorization() {
    return `Bearer ${this.admin.api_key}`;
  }

  get(userId, headers = {}) {
    return fetch(new URL(`/v2/users/${userId}`, this.url), {
      headers: { authorization: this.authorization, ...headers },
    });
  }

  /** Resident memory of the service and of the event store, its child, in MiB. */
  memory() {
    const sizes = { service: 0, eventStore: 0 };
    for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=']).toString().trim().split('\n')) {
      const [pid, parent, kib] = line.trim().split(/\s+/).map(Number);
      if (pid === this.#child.pid) sizes.service += kib / 1024;
      if (parent === this.#child.pid) sizes.eventStore += kib / 1024;
    }
    return sizes;
  }

  get dataDir() {
    return this.#dataDir;
  }

  get environment() {
    return { PATH: process.env.PATH, LOG_LEVEL: 'warn', DATA_DIR: this.#dataDir, EMBEDDED_EVENTSTORE_PORT: '0' };
  }

  /** Tells the read model anew, as the command line does while the service is not running; resolves to what it says. */
  async rebuild() {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'projections', 'rebuild', '--json'], {
      env: this.environment,
      maxBuffer: 1024 * 1024,
    });
    return JSON.parse(stdout);
  }

  /** Leaves nothing behind where the benchmark is interrupted. */
  stopOnSignals() {
    for (const signal of ['SIGINT', 'SIGTERM'])
      process.once(signal, () => void this.stop().finally(() => process.exit(130)));
  }

  /** Ends it and removes its data. */
  async stop() {
    await this.end();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  /** Ends it; {@link start} takes it up again with the data it has. */
  async end() {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
  }
}
