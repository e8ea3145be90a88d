import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Notebook } from './event-sourcing/notebook.js';

/** Notes as a JSON file: whole or not at all, and for the owner's eyes alone. */
export class JsonFile<T> extends Notebook<T> {
  constructor(private readonly file: string) {
    super();
  }

  override read(): Promise<T | undefined> {
    const found = existsSync(this.file) ? (JSON.parse(readFileSync(this.file, 'utf8')) as T) : undefined;
    return Promise.resolve(found);
  }

  override write(notes: T): Promise<void> {
    writeFileSync(`${this.file}.new`, `${JSON.stringify(notes)}\n`, { mode: 0o600, flush: true });
    renameSync(`${this.file}.new`, this.file);
    return Promise.resolve();
  }
}
