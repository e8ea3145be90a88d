import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './settings.js';

const BYTES = 32;

/**
 * The secret that cursors are sealed with, and tokens made: in the file named, or else in the data directory. Made at the
 * first start, so that cursors handed out before a restart are good after it.
 *
 * @throws Error where the file is not of this length, or cannot be read
 */
export function secretOf({ secretFile, dataDir }: Pick<Settings, 'secretFile' | 'dataDir'>): Uint8Array {
  const file = secretFile ?? join(dataDir, 'secret.key');
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(BYTES), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  const secret = readFileSync(file);
  if (secret.length !== BYTES) throw new Error(`${file} is damaged; remove it to have a new one made`);
  return secret;
}
