import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './settings.js';

const BYTES = 32;

/** The secret cannot be used; the message says why, and what to do. */
export class UnusableSecret extends Error {}

/**
 * The secret that cursors are sealed with, and tokens made: in the file named, or else in the data directory. Made at the
 * first start, so that cursors handed out before a restart are good after it.
 *
 * @throws UnusableSecret where the file is not of this length, or can be neither read nor made
 */
export function secretOf({ secretFile, dataDir }: Pick<Settings, 'secretFile' | 'dataDir'>): Uint8Array {
  const file = secretFile ?? join(dataDir, 'secret.key');
  const secret = readOrMade(file);
  if (secret.length === BYTES) return secret;
  throw new UnusableSecret(
    `the secret ${file} is damaged; put the backup back, for a new one voids cursors and unsent invitations`,
  );
}

/** The secret in this file, made where there is none. @throws UnusableSecret */
function readOrMade(file: string): Uint8Array {
  try {
    if (!existsSync(file)) {
      writeFileSync(`${file}.new`, randomBytes(BYTES), { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
    }
    return readFileSync(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnusableSecret(`the secret ${file} can be neither read nor made: ${why}`, { cause: error });
  }
}
