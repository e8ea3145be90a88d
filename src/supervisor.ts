import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from './event-sourcing/log.js';

const PROGRAM = fileURLToPath(new URL('./embedded-event-store/cli.js', import.meta.url));
/**
 * The store keeps little and makes much garbage: V8 then holds a third more memory than it needs, for nothing measurable
 * in return. The script `eventstore` has the same, and `npm run bench:eventstore` measures with it.
 */
const NODE_OPTIONS = ['--max-semi-space-size=4', '--heap-growing-percent=20'];
const RESTART_FIRST_MS = 50;
const RESTART_MOST_MS = 5_000;
const STOP_WITHIN_MS = 4_000;

/** The embedded event store could not be started; the message says why. */
export class EmbeddedEventStoreFailed extends Error {}

type Word = { type: 'ready'; port: number } | { type: 'failed'; reason: string };

/** Runs the embedded event store as a process of its own, and starts it again when it dies. */
export class EmbeddedEventStoreProcess {
  private child: ChildProcess | undefined;
  private stopping = false;
  private pause = RESTART_FIRST_MS;

  private constructor(
    private readonly dir: string,
    private port: number,
    private readonly log: Log,
  ) {}

  /** Resolves once it listens. @throws EmbeddedEventStoreFailed */
  static async start(dir: string, port: number, log: Log): Promise<EmbeddedEventStoreProcess> {
    const process = new EmbeddedEventStoreProcess(dir, port, log);
    await process.launch();
    return process;
  }

  /** Connection string of the running store; the port stays the same over restarts. */
  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
  }

  private async launch(): Promise<void> {
    // Detached: Ctrl-C in a terminal reaches this process alone, which lets requests finish before it stops the store.
    const args = ['--dir', this.dir, '--port', String(this.port)];
    const execArgv = [...process.execArgv, ...NODE_OPTIONS];
    const child = fork(PROGRAM, args, { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
    this.child = child;
    this.port = await new Promise<number>((resolve, reject) => {
      child.once('message', (word: Word) => {
        if (word.type === 'ready') resolve(word.port);
        else reject(new EmbeddedEventStoreFailed(word.reason));
      });
      // Where the system makes no process there is no exit; and nobody else listens for what comes later.
      child.on('error', (error) => {
        reject(new EmbeddedEventStoreFailed(`the embedded event store cannot be run: ${error.message}`));
      });
      child.once('exit', () => {
        reject(new EmbeddedEventStoreFailed('the embedded event store ended before it was ready'));
      });
    });
    this.pause = RESTART_FIRST_MS;
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      this.log.error({ code, signal }, 'the embedded event store has died; starting it again');
      this.relaunch();
    });
  }

  private relaunch(): void {
    setTimeout(() => {
      if (this.stopping) return;
      this.launch().catch((error: unknown) => {
        this.log.error({ fault: String(error) }, 'the embedded event store does not start; trying again');
        this.pause = Math.min(this.pause * 2, RESTART_MOST_MS);
        this.relaunch();
      });
    }, this.pause);
  }
}
