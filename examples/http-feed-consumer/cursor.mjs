// @ts-check
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** How far the feed was read, in a file: whole or as it was before, never half. */
export class Cursor {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
    this.value = contentsOf(file);
  }

  /** @param {string} value */
  moveTo(value) {
    if (value === this.value) return;
    writeFileSync(`${this.file}.new`, value, { flush: true });
    renameSync(`${this.file}.new`, this.file);
    this.value = value;
  }
}

/** @param {string} file */
function contentsOf(file) {
  try {
    return readFileSync(file, 'utf8') || undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
