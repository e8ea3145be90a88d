/** Everything the service can be told, checked. Read from the environment once, at boot. */
export type Settings = Readonly<{
  port: number;
  host: string;
  dataDir: string;
  /** EventStoreDB's connection string; undefined: the embedded store. */
  eventStoreUrl: string | undefined;
  embeddedEventStorePort: number;
  bootstrapAdminEmail: string;
  bootstrapAdminName: string;
  logLevel: LogLevel;
}>;

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Settings and their defaults, as the README lists them. */
const DEFAULTS = {
  PORT: '3000',
  HOST: '127.0.0.1',
  DATA_DIR: './data',
  EVENTSTORE_URL: undefined,
  EMBEDDED_EVENTSTORE_PORT: '2113',
  DATABASE_URL: undefined,
  BOOTSTRAP_ADMIN_EMAIL: 'admin@example.com',
  BOOTSTRAP_ADMIN_NAME: 'Admin',
  LOG_LEVEL: 'info',
} as const;
type Name = keyof typeof DEFAULTS;

/** Beginnings that are ours alone, so that a misspelt setting is noticed rather than ignored. */
const OURS = /^(EVENTSTORE_|EMBEDDED_|DATABASE_|DATA_DIR|BOOTSTRAP_|LOG_LEVEL)/;

/** A setting that cannot be; the message says which, and what to do. */
export class InvalidSettings extends Error {}

/**
 * @throws InvalidSettings for a value out of range, an unknown setting, or two that contradict each other
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  for (const name of Object.keys(environment))
    if (OURS.test(name) && !(name in DEFAULTS))
      throw new InvalidSettings(`${name} is not a setting of user-ledger; see README.md`);
  const given = (name: Name): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const text = (name: Name): string => given(name) ?? DEFAULTS[name] ?? '';
  if (given('EVENTSTORE_URL') !== undefined && given('EMBEDDED_EVENTSTORE_PORT') !== undefined)
    throw new InvalidSettings('EVENTSTORE_URL and EMBEDDED_EVENTSTORE_PORT contradict each other: set one of them');
  if (given('DATABASE_URL') !== undefined)
    throw new InvalidSettings('DATABASE_URL: only SQLite in DATA_DIR is supported so far; leave it unset');
  return {
    port: port('PORT', text('PORT')),
    host: text('HOST'),
    dataDir: text('DATA_DIR'),
    eventStoreUrl: eventStoreUrl(given('EVENTSTORE_URL')),
    embeddedEventStorePort: port('EMBEDDED_EVENTSTORE_PORT', text('EMBEDDED_EVENTSTORE_PORT')),
    bootstrapAdminEmail: email('BOOTSTRAP_ADMIN_EMAIL', text('BOOTSTRAP_ADMIN_EMAIL')),
    bootstrapAdminName: text('BOOTSTRAP_ADMIN_NAME'),
    logLevel: logLevel(text('LOG_LEVEL')),
  };
}

/** Settings as they may be printed: without the password of an address, and without names and e-mails. */
export function printable(settings: Settings): Partial<Settings> {
  const { bootstrapAdminEmail: _email, bootstrapAdminName: _name, eventStoreUrl, ...rest } = settings;
  return { ...rest, eventStoreUrl: eventStoreUrl?.replace(/\/\/[^@/]*@/, '//***@') };
}

function port(name: Name, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65535) return number;
  throw new InvalidSettings(`${name} must be a port from 0 (any free one) to 65535`);
}

function email(name: Name, text: string): string {
  if (/^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 255) return text;
  throw new InvalidSettings(`${name} must be an e-mail address`);
}

function eventStoreUrl(text: string | undefined): string | undefined {
  if (text === undefined || /^esdb(\+discover)?:\/\/./.test(text)) return text;
  throw new InvalidSettings('EVENTSTORE_URL must be an EventStoreDB connection string: esdb://… or esdb+discover://…');
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level) return level;
  throw new InvalidSettings(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
}
