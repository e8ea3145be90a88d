import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BYTES = 32;

/** The secret of this data directory, made at the first start: cursors handed out before a restart are good after it. */
export function secretOf(dataDir: string): Uint8Array {
  const file = join(dataDir, 'secret.key');
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(BYTES), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  const secret = readFileSync(file);
  if (secret.length !== BYTES) throw new Error(`${file} is damaged; remove it to have a new one made`);
  return secret;
}
