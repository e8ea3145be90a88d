import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Notebook } from './event-sourcing/notebook.js';

/**
 * Notes as lines of JSON in a file for the owner's eyes alone. A line that a crash or a full disk cut short was never
 * acknowledged: it ends where the next begins, and is passed over.
 */
export class NotesFile<T extends object> extends Notebook<T> {
  /** What is written next, all of it with one flush. */
  private batch: { lines: string[]; written: Promise<void> } | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {
    super();
  }

  override read(): readonly T[] {
    return existsSync(this.file)
      ? readFileSync(this.file, 'utf8')
          .split('\n')
          .flatMap(parsed<T>)
      : [];
  }

  override add(note: T): Promise<void> {
    const batch = (this.batch ??= this.begin());
    batch.lines.push(JSON.stringify(note));
    return batch.written;
  }

  override replace(notes: readonly T[]): void {
    const lines = notes.map((note) => `\n${JSON.stringify(note)}`);
    writeFileSync(`${this.file}.new`, lines.join(''), { mode: 0o600, flush: true });
    renameSync(`${this.file}.new`, this.file);
  }

  override async close(): Promise<void> {
    await this.last;
  }

  private begin(): { lines: string[]; written: Promise<void> } {
    const lines: string[] = [];
    const written = this.last.then(() => {
      this.batch = undefined;
      return this.write(lines);
    });
    this.last = written.catch(() => undefined);
    return { lines, written };
  }

  private async write(lines: readonly string[]): Promise<void> {
    const file = await open(this.file, 'a', 0o600);
    try {
      await file.write(lines.map((line) => `\n${line}`).join(''));
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

function parsed<T extends object>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
