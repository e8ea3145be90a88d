import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../src/settings.ts', import.meta.url), 'utf8');
const [, defaults = ''] = /\nconst DEFAULTS = \{\n([^}]*)\n\} as const;/.exec(source) ?? [];

/** The names of all settings, as src/settings.ts has them. */
export const settingNames: readonly string[] = [...defaults.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);

/** Whether the service takes PostgreSQL for the read model, and the settings that go with it. */
export const takesPostgres = !source.includes('DATABASE_URL: only SQLite');

if (!settingNames.includes('PORT')) throw new Error('src/settings.ts no longer lists its settings as DEFAULTS');
