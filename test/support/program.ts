import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>;
type Environment = Readonly<Record<string, string>>;

/** A program as a process of its own, with no more of an environment than it is given. */
export class Program {
  /** Lines it has printed, and those it has complained with. */
  readonly lines: string[] = [];
  readonly complaints: string[] = [];
  private readonly child;
  private readonly waiting = new Set<() => void>();
  private readonly closed: Promise<number | null>;

  constructor(args: readonly string[], env: Environment) {
    this.child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    keepLines(this.child.stdout, this.lines, () => {
      for (const look of this.waiting) look();
    });
    keepLines(this.child.stderr, this.complaints, () => undefined);
    this.closed = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves once it has printed what `enough` wants; rejects with its complaints when it ends before. */
  until(enough: (lines: readonly string[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!enough(this.lines)) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
      void this.closed.then((code) => {
        look();
        reject(new Error(`it ended with ${code}: ${[...this.lines, ...this.complaints].join('\n')}`));
      });
    });
  }

  async ended(): Promise<Ended> {
    const code = await this.closed;
    const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
    return { code, stdout: text(this.lines), stderr: text(this.complaints) };
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended();
  }
}

function keepLines(stream: NodeJS.ReadableStream, lines: string[], told: () => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const [last = '', ...whole] = `${rest}${chunk.toString()}`.split('\n').reverse();
    rest = last;
    lines.push(...whole.reverse());
    told();
  });
  stream.on('end', () => {
    if (rest !== '') lines.push(rest);
  });
}
