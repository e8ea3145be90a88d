import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './load.js';

const CONF = fileURLToPath(new URL('../../deploy/nginx.conf', import.meta.url));

export const nginxIsInstalled = spawnSync('nginx', ['-v']).status === 0;

type Change = readonly [from: string, to: string];
/** Never leaves an upstream alone, however often it fails. */
export const FORGIVING: Change = ['max_fails=2', 'max_fails=0'];
/** Waits for a word of an upstream as long as a test likes to. */
export const HASTY: Change = ['proxy_read_timeout 30s', 'proxy_read_timeout 300ms'];

/** The nginx of deploy/nginx.conf, before upstreams on this machine. */
export class Nginx {
  private constructor(
    readonly baseUrl: string,
    private readonly dir: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param ports of the upstreams */
  static async start(ports: readonly [number, number], ...changes: readonly Change[]): Promise<Nginx> {
    const dir = mkdtempSync(join(tmpdir(), 'user-ledger-nginx-'));
    chmodSync(dir, 0o755); // its workers are nobody, where root starts it
    const port = await freePort();
    writeFileSync(join(dir, 'nginx.conf'), adapted(dir, port, ports, changes));
    const log = openSync(join(dir, 'access.log'), 'w');
    const complaints = openSync(join(dir, 'error.log'), 'w');
    const args = ['-c', join(dir, 'nginx.conf'), '-g', 'daemon off;'];
    const child = spawn('nginx', args, { stdio: ['ignore', log, complaints] });
    closeSync(log);
    closeSync(complaints);
    const nginx = new Nginx(`http://127.0.0.1:${port}`, dir, child);
    try {
      await eventually('nginx listens', () => nginx.listens());
    } catch (error) {
      await nginx.stop();
      throw error;
    }
    return nginx;
  }

  private async listens(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(this.complaints);
    return fetch(`${this.baseUrl}/metrics`).then(
      () => true,
      () => false,
    );
  }

  /** What it has logged of the requests that it answered. */
  get log(): string {
    return readFileSync(join(this.dir, 'access.log'), 'utf8');
  }

  /** What it has complained of. */
  get complaints(): string {
    return readFileSync(join(this.dir, 'error.log'), 'utf8');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** The file as it is, but for where it listens, where it sends requests to, and where it keeps its files. */
function adapted(
  dir: string,
  port: number,
  [first, second]: readonly [number, number],
  changes: readonly Change[],
): string {
  const replaced: readonly Change[] = [
    ['172.30.80.11:3000', `127.0.0.1:${first}`],
    ['172.30.80.12:3000', `127.0.0.1:${second}`],
    ['listen 8080;', `listen 127.0.0.1:${port};`],
    ['/tmp/', `${dir}/`],
    ...changes,
  ];
  return replaced.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`deploy/nginx.conf has no ${from}`);
      return text.replaceAll(from, to);
    },
    readFileSync(CONF, 'utf8'),
  );
}

/** nginx cannot be told to take any. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
