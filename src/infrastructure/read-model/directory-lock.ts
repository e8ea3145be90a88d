import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Another process has the directory. */
export class DirectoryInUse extends Error {}

/**
 * Takes a directory for this process alone, until it is released or the process ends, however it ends: the lock is one
 * the operating system holds on an open file, through SQLite.
 *
 * @throws DirectoryInUse
 */
export function lockDirectory(dir: string): { release: () => void } {
  const database = new Database(join(dir, 'lock'), { timeout: 1_000 });
  try {
    database.exec('begin exclusive');
  } catch {
    database.close();
    throw new DirectoryInUse(`the data directory ${dir} is in use by another process`);
  }
  return { release: () => database.close() };
}
