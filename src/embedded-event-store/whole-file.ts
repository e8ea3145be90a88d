import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file beside its place and moves it there once it is complete and on disk: under its name there is never half
 * of one. @throws Error if the place is taken and may not be
 */
export async function wholeFile<T>(file: string, replace: boolean, write: (partial: string) => Promise<T>): Promise<T> {
  if (!replace && existsSync(file)) throw new Error(`${file} exists already; --force replaces it`);
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    const result = await write(partial);
    synchronise(partial);
    renameSync(partial, file);
    synchronise(dirname(file));
    return result;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Waits until a file, or the names in a directory, are on disk. */
export function synchronise(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
