import { closeSync, constants, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { errorText } from './error-text.js';

/** The file beside the log, which holds one line. */
export const MARK_FILE = 'durable';

/**
 * Up to which position the log has been acknowledged, in a file of its own: SQLite takes a write-ahead log that was cut
 * for one that ends there. It is written after the commit has reached the disk and is not waited for, so it is never
 * ahead of the log and costs no second fsync; for the last moments before a loss of power it may lag behind.
 */
export class DurableMark {
  readonly #descriptor: number;

  /** Takes the directory the log is in. */
  constructor(dir: string) {
    this.#descriptor = openSync(join(dir, MARK_FILE), constants.O_RDWR | constants.O_CREAT, 0o644);
  }

  /** To be called with what is on disk. A mark that cannot be written only tells less: the commit stands. */
  raise(position: number): void {
    try {
      writeSync(this.#descriptor, lineOf(position), 0);
    } catch {
      // The next commit tries again; a disk that takes nothing stops the writer by itself.
    }
  }

  close(): void {
    try {
      fdatasyncSync(this.#descriptor);
    } catch {
      // As above.
    }
    closeSync(this.#descriptor);
  }
}

/** The position in a directory's mark; 0 if there is no mark, or one that was torn, which then bounds nothing. */
export function readMark(dir: string): number {
  let text: string;
  try {
    text = readFileSync(join(dir, MARK_FILE), 'latin1');
  } catch (error) {
    if (errorText(error).code === 'ENOENT') return 0;
    throw error;
  }
  const position = Number(/^\d+/.exec(text)?.[0] ?? 0);
  return text === lineOf(position) ? position : 0;
}

/** Always as long, so that each write replaces all of the one before. */
function lineOf(position: number): string {
  const digits = `${position}`.padStart(16, '0');
  return `${digits} ${crc32(digits).toString(16).padStart(8, '0')}\n`;
}
