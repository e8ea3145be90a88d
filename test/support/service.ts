import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { InitialAdmin } from '../../src/initial-admin.js';
import { newDatabase } from './databases.js';
import type { PublishedApi } from './published-api.js';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** `server`: a PostgreSQL for the read model, in a database that goes by the data directory; '' for SQLite. */
type Options = Readonly<{
  dataDir?: string;
  env?: Readonly<Record<string, string>>;
  server?: string | undefined;
  program?: string;
}>;

type OwnDatabase = Awaited<ReturnType<typeof newDatabase>>;
const databaseAt = (database: OwnDatabase | undefined) => (database ? { DATABASE_URL: database.url } : {});

/** The whole service as a process of its own, on free ports and a data directory of its own. */
export class ServiceUnderTest {
  /** What every answer to {@link request} is held against, once it is set. */
  published?: PublishedApi;

  private constructor(
    readonly process: ChildProcess,
    readonly dataDir: string,
    readonly baseUrl: string,
    /** Everything it has printed. */
    readonly output: string[],
    /** Where its read model is, but for SQLite. */
    readonly database: OwnDatabase | undefined,
  ) {}

  /** Resolves once it listens. Rejects with what it printed when it ends instead. */
  static async start({
    dataDir = mkdtempSync(join(tmpdir(), 'user-ledger-')),
    env = {},
    server = process.env.TEST_DATABASE_URL,
    program = PROGRAM,
  }: Options = {}): Promise<ServiceUnderTest> {
    const database =
      server && env.DATABASE_URL === undefined ? await newDatabase(server, basename(dataDir)) : undefined;
    const ports = { PORT: '0', ...(env.EVENTSTORE_URL === undefined && { EMBEDDED_EVENTSTORE_PORT: '0' }) };
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, LOG_LEVEL: 'warn', DATA_DIR: dataDir, ...ports, ...databaseAt(database), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    const baseUrl = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => output.push(line));
      createInterface({ input: child.stdout }).on('line', (line) => {
        output.push(line);
        const url = /user-ledger listens on (\S+)/.exec(line)?.[1];
        if (url !== undefined) resolve(url);
      });
      child.once('close', (code) => {
        reject(new Error(`the service ended with ${String(code)}:\n${output.join('\n')}`));
      });
    });
    return new ServiceUnderTest(child, dataDir, baseUrl, output, database);
  }

  /** The same service, asked by way of what stands before it. */
  through(baseUrl: string): ServiceUnderTest {
    return new ServiceUnderTest(this.process, this.dataDir, baseUrl, this.output, this.database);
  }

  get admin(): InitialAdmin {
    return JSON.parse(readFileSync(join(this.dataDir, 'initial-admin.json'), 'utf8')) as InitialAdmin;
  }

  /** Resolves to the first line it has printed, or will print, that matches. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.output.find((each) => pattern.test(each));
      if (line !== undefined) return line;
      await once(this.process.stdout ?? this.process, 'data');
      await setImmediate(); // the line is noted by a listener of its own
    }
  }

  /** Ends it by a signal, SIGTERM unless told otherwise, and resolves to its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = once(this.process, 'exit');
      this.process.kill(signal);
      await exited;
    }
    return this.process.exitCode;
  }

  /** Ends it and forgets its data. */
  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
    await this.database?.drop();
  }

  async request(path: string, init: RequestInit & { key?: string } = {}): Promise<Response> {
    const { key = this.admin.api_key, headers, ...rest } = init;
    const authorization = key === '' ? {} : { authorization: `Bearer ${key}` };
    const answer = await fetch(`${this.baseUrl}${path}`, {
      ...rest,
      headers: { ...authorization, ...(headers as Record<string, string>) },
    });
    await this.published?.hold(rest.method ?? 'GET', path, answer);
    return answer;
  }

  /** PATCH of a user with a JSON body. */
  update(
    userId: string,
    body: unknown,
    init: { key?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return this.request(`/v2/users/${userId}`, {
      method: 'PATCH',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
  }
}
