import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { explain } from '../src/explain.js';
import { secretOf, UnusableSecret } from '../src/secret.js';

describe('the secret', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'secret-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  /** What an operator is told of it. */
  function told(secretFile?: string): string {
    try {
      return Buffer.from(secretOf({ secretFile, dataDir })).toString('hex');
    } catch (error) {
      expect(error).toBeInstanceOf(UnusableSecret);
      return explain(error);
    }
  }

  it('is made once, for the owner alone', () => {
    const file = join(dataDir, 'secret.key');
    const made = told();
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect([readFileSync(file).toString('hex'), statSync(file).mode & 0o777, told()]).toEqual([made, 0o600, made]);
  });

  it('that is damaged is told of in one line, and stays for somebody to mend', () => {
    const file = join(dataDir, 'shared.key');
    writeFileSync(file, 'short');
    expect(told(file)).toMatch(/^the secret .*shared\.key is damaged; put the backup back, .*cursors.*invitations$/);
    expect(readFileSync(file, 'utf8')).toBe('short');
  });

  it.each([
    ['in no folder', 'nowhere/shared.key', /^the secret .*shared\.key can be neither read nor made: .*ENOENT.*$/],
    ['that is a folder', '.', /^the secret .* can be neither read nor made: .*EISDIR.*$/],
  ])('%s is told of in one line', (_, name, saying) => {
    expect(told(join(dataDir, name))).toMatch(saying);
  });
});
