// The embedded event store as the benchmark runs it: alone, on a free port and a directory of its own.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What Node is told by `npm run eventstore`, so that the store measured is the one people run. */
const NODE_OPTIONS = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  .scripts.eventstore.split(' ')
  .filter((word) => word.startsWith('--'));
const PER_TRANSACTION = 10_000;
const PER_STREAM = 100;
/** About what an event of a user weighs. */
const DATA = Buffer.from(JSON.stringify({ text: 'x'.repeat(180) }));
const METADATA = Buffer.from(JSON.stringify({ text: 'x'.repeat(180) }));

export class Node {
  #program;
  #child;
  #dir = mkdtempSync(join(tmpdir(), 'event-store-bench-'));

  constructor(program) {
    this.#program = program;
  }

  /** Writes so many events by the modules of the store itself, `longest` of them to one stream. */
  async seed(events, longest) {
    const moduleOf = (name) => import(pathToFileURL(join(dirname(this.#program), name)).href);
    const [{ openDatabase }, { Log }] = [await moduleOf('database.js'), await moduleOf('log.js')];
    const database = openDatabase(this.#dir);
    this.synchronous = ['OFF', 'NORMAL', 'FULL', 'EXTRA'][database.pragma('synchronous', { simple: true })];
    const log = new Log(database);
    const created = Date.now();
    const event = () => ({ id: randomUUID(), type: 'Seeded', isJson: true, metadata: METADATA, data: DATA });
    const place = (n) =>
      n < longest ? ['long', n] : [`seed-${Math.floor((n - longest) / PER_STREAM)}`, (n - longest) % PER_STREAM];
    for (let written = 0; written < events;) {
      const until = Math.min(written + PER_TRANSACTION, events);
      log.transaction(() => {
        for (; written < until; written++) log.insert(event(), ...place(written), created);
      });
    }
    log.close();
  }

  /** Resolves once it listens, with the seconds that took. */
  async start() {
    const began = performance.now();
    this.#child = spawn(process.execPath, [...NODE_OPTIONS, this.#program, '--dir', this.#dir, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.port = await new Promise((resolve, reject) => {
      let output = '';
      this.#child.stdout.setEncoding('utf8').on('data', (text) => {
        output += text;
        const port = /listening on 127\.0\.0\.1:(\d+)\s/.exec(output)?.[1];
        if (port) resolve(Number(port));
      });
      this.#child.once('exit', (code) => reject(new Error(`the event store ended with ${code}`)));
    });
    return (performance.now() - began) / 1_000;
  }

  /** Its resident memory. */
  memoryMiB() {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
  }

  async end() {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }

  /** Ends it and removes its data. */
  async remove() {
    await this.end();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
