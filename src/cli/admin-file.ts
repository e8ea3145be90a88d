import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InitialAdmin } from '../initial-admin.js';

/** What such a file may tell: it is for people to edit, too. */
type Word = Readonly<Partial<Record<keyof InitialAdmin, unknown>>>;

/** Where the service that runs on a data directory leaves word of itself. */
export const adminFile = (dataDir: string): string => join(dataDir, 'initial-admin.json');

/** The word left there: none where it makes no sense, undefined where there is no such file. */
export function wordIn(file: string): Word | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return (JSON.parse(text) ?? {}) as Word;
  } catch {
    return {};
  }
}
