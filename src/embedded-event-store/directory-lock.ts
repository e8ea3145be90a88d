import { join } from 'node:path';
import Database from 'better-sqlite3';
import { errorText } from './error-text.js';

/** The previous owner may be just about to exit. */
const PATIENCE_MS = 5_000;

/**
 * Takes the directory for this process alone. The lock is one SQLite holds through the operating system, which frees
 * it however the process ends; keep what is returned, for closing it gives the directory up.
 */
export function lockDirectory(dir: string, patience = PATIENCE_MS): Database.Database {
  const lock = new Database(join(dir, 'lock'), { timeout: patience });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (errorText(error).code === 'SQLITE_BUSY') {
      throw new Error(`the directory ${dir} is in use by another process`, { cause: error });
    }
    throw error;
  }
}
