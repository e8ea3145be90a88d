import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../src/settings.ts', import.meta.url), 'utf8');
const [, defaults = ''] = /\nconst DEFAULTS = \{\n([^}]*)\n\} as const;/.exec(source) ?? [];

/** The names of all settings, as src/settings.ts has them. */
export const settingNames: readonly string[] = [...defaults.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);

if (!settingNames.includes('PORT')) throw new Error('src/settings.ts no longer lists its settings as DEFAULTS');
