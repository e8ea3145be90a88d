import { realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { fileIn } from './database.js';
import { readSnapshot } from './reading.js';
import { verifyLog } from './verify-log.js';
import type { Verified } from './verify-log.js';
import type { OnProgress } from './walk.js';
import { wholeFile } from './whole-file.js';

/** What is shown while a backup is made: first it is copied, then the copy is verified. */
type BackupProgress = { readonly copied: OnProgress; readonly verified: OnProgress };

/** Pages copied at a time. */
const STEP = 4_096;

/**
 * Copies the log of a directory as it is at this moment into one file, also while it is being written to, and verifies
 * the copy before it gets its name.
 */
export async function backupLog(
  dir: string,
  file: string,
  replace: boolean,
  progress: BackupProgress,
): Promise<Verified & { bytes: number }> {
  assertOutside(dir, file);
  return wholeFile(file, replace, async (partial) => {
    await readSnapshot(fileIn(dir), (database) => copy(database, partial, progress.copied));
    settleInOneFile(partial);
    const verified = readSnapshot(partial, (database) => verifyLog(database, progress.verified));
    return { ...verified, bytes: statSync(partial).size };
  });
}

/** The snapshot stays open meanwhile: a copy begins again whenever its source has changed between two steps. */
async function copy(database: Database.Database, partial: string, onProgress: OnProgress): Promise<void> {
  await database.backup(partial, {
    progress: ({ totalPages, remainingPages }) => {
      onProgress(totalPages - remainingPages, totalPages);
      return STEP;
    },
  });
}

/** A log is opened with a write-ahead log beside it; a backup is to be one file. */
function settleInOneFile(file: string): void {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = DELETE');
  } finally {
    database.close();
  }
  for (const extra of ['-wal', '-shm']) rmSync(`${file}${extra}`, { force: true });
}

/** A backup under the name of the log itself would be the end of both. */
function assertOutside(dir: string, file: string): void {
  const place = join(realpathSync(dirname(file)), basename(file));
  if (dirname(place) === realpathSync(dir)) throw new Error(`${file} is in the directory of the event store itself`);
}
