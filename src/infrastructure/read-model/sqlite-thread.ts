import { Worker } from 'node:worker_threads';
import { type Statement, Statements } from './statements.js';
import type { RawRow } from './tables.js';

export type Question = Readonly<{ id: number; statements: readonly Statement[]; atomic: boolean }>;
/** For each statement the rows it found, or how many it changed; or why nothing was done. */
export type Answer = Readonly<
  { id: number } & ({ results: readonly unknown[] } | { fault: { code: string; message: string } })
>;

type Waiting = Readonly<{ resolve: (results: readonly unknown[]) => void; reject: (error: Error) => void }>;

/** The database failed; `code` is SQLite's own, or says that the thread is gone. */
class SqliteFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A SQLite file on a thread of its own (docs/decisions/0006): SQLite works synchronously, and whoever else needs this
 * thread would wait meanwhile. What is asked together is done together, in the order it was asked.
 */
export class SqliteThread extends Statements {
  private worker: Worker | undefined;
  private asked = 0;
  private readonly waiting = new Map<number, Waiting>();

  constructor(private readonly file: string) {
    super();
  }

  override read(statements: readonly Statement[]): Promise<readonly (readonly RawRow[])[]> {
    return this.ask(statements, false) as Promise<readonly (readonly RawRow[])[]>;
  }

  override async transaction(statements: readonly Statement[]): Promise<void> {
    await this.ask(statements, true);
  }

  /** @throws SqliteFailed */
  ask(statements: readonly Statement[], atomic: boolean): Promise<readonly unknown[]> {
    const id = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      // Of a compiled query the thread needs no more than this, and could not be sent the rest.
      const bare = statements.map(({ sql, parameters }) => ({ sql, parameters }));
      this.running().postMessage({ id, statements: bare, atomic } satisfies Question);
    });
  }

  /** Closes the file once everything asked is done. */
  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await ended;
  }

  /** Started when first needed, and anew where it died: the file is as sound as its last commit. */
  private running(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(new URL('./sqlite-worker.js', import.meta.url), { workerData: { file: this.file } });
    this.worker = worker;
    let fault = 'the thread has ended';
    worker.on('message', (answer: Answer) => {
      this.settle(answer);
    });
    worker.on('error', (error) => (fault = error.message));
    worker.on('exit', () => {
      this.worker = undefined;
      for (const { reject } of this.waiting.values()) reject(new SqliteFailed('SQLITE_THREAD', fault));
      this.waiting.clear();
    });
    return worker;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('results' in answer) waiting?.resolve(answer.results);
    else waiting?.reject(new SqliteFailed(answer.fault.code, answer.fault.message));
  }
}
