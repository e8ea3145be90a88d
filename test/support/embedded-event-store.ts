import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve('dist/embedded-event-store/cli.js');

/** An embedded event store that runs in a process of its own. */
export type EmbeddedEventStore = {
  readonly port: number;
  /** Connection string for the client. */
  readonly url: string;
  readonly dir: string;
  readonly process: ChildProcess;
  /** Ends it without warning, as a crash would. */
  kill(): Promise<void>;
  /** Asks it to end and waits; returns its exit code. */
  stop(): Promise<number | null>;
};

/** Starts the compiled store, in a new directory unless one is given, and with `more` on its command line. */
export async function startEmbeddedEventStore({
  dir = newDirectory(),
  port = 0,
  env = {},
  more = [] as readonly string[],
} = {}): Promise<EmbeddedEventStore> {
  const child = spawn(process.execPath, [MAIN, '--dir', dir, '--port', `${port}`, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const bound = await listeningPort(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  return {
    port: bound,
    url: `esdb://127.0.0.1:${bound}?tls=false`,
    dir,
    process: child,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      return child.exitCode;
    },
  };
}

export const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'event-store-'));

/** Runs the compiled store to its end, for command lines that it does not start with. */
export async function runEmbeddedEventStore(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout: stdout(), stderr: stderr() };
}

async function listeningPort(child: ChildProcess): Promise<number> {
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  return new Promise((found, failed) => {
    child.stdout?.on('data', () => {
      const port = /listening on \S+:(\d+)\n/.exec(stdout())?.[1];
      if (port) found(Number(port));
    });
    child.once('close', () => {
      failed(new Error(`the event store did not start: ${stderr()}`));
    });
  });
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}
