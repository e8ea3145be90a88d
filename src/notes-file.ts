import { existsSync } from 'node:fs';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { Notebook } from './event-sourcing/notebook.js';

type Batch = Readonly<{ lines: string[]; written: Promise<void> }>;

/**
 * Notes as lines of JSON in a file for the owner's eyes alone. What could not be written, or not be made durable, is
 * taken back. A line that a crash cut short was never acknowledged: it ends where the next begins, and is passed over.
 */
export class NotesFile<T extends object> extends Notebook<T> {
  /** What is written next, all of it with one flush. */
  private batch: Batch | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {
    super();
  }

  override async read(): Promise<readonly T[]> {
    return existsSync(this.file) ? (await readFile(this.file, 'utf8')).split('\n').flatMap(parsed<T>) : [];
  }

  override add(...notes: readonly T[]): Promise<void> {
    const batch = (this.batch ??= this.begin());
    for (const note of notes) batch.lines.push(JSON.stringify(note));
    return batch.written;
  }

  override replace(notes: readonly T[]): Promise<void> {
    // What is added from now on comes after them.
    this.batch = undefined;
    return this.next(async () => {
      const lines = notes.map((note) => JSON.stringify(note));
      await writeFile(`${this.file}.new`, text(lines), { mode: 0o600, flush: true });
      await rename(`${this.file}.new`, this.file);
    });
  }

  private begin(): Batch {
    const lines: string[] = [];
    const written = this.next(() => {
      if (this.batch?.lines === lines) this.batch = undefined;
      return this.write(lines);
    });
    return { lines, written };
  }

  /** One thing after the other, whatever became of those before. */
  private next(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async write(lines: readonly string[]): Promise<void> {
    const file = await open(this.file, 'a', 0o600);
    try {
      const { size } = await file.stat();
      try {
        await file.appendFile(text(lines)); // `write` may write a part, and not say so
        await file.datasync();
      } catch (error) {
        await file.truncate(size).catch(() => undefined);
        throw error;
      }
    } finally {
      await file.close();
    }
  }
}

const text = (lines: readonly string[]): string => lines.map((line) => `\n${line}`).join('');

function parsed<T extends object>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
