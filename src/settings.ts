import { isIP } from 'node:net';
import { databaseUrlFault } from './database-url.js';
import { DAY_MS, durationMs, SECOND_MS } from './duration.js';
import type { TrustProxy } from './http/client-address.js';

/** Everything the service can be told, checked. Read from the environment once, at boot. */
export type Settings = Readonly<{
  port: number;
  host: string;
  dataDir: string;
  /** EventStoreDB's connection string; undefined: the embedded store. */
  eventStoreUrl: string | undefined;
  embeddedEventStorePort: number;
  /** Where the read model is in PostgreSQL; undefined: SQLite in the data directory. */
  databaseUrl: string | undefined;
  /** How many connections read at once. */
  databasePoolSize: number;
  /** How long an instance that has fallen silent keeps its part. */
  databaseLeaseMs: number;
  /** Where the secret is that instances share; undefined: in the data directory. */
  secretFile: string | undefined;
  bootstrapAdminEmail: string;
  bootstrapAdminName: string;
  logLevel: LogLevel;
  /** How invitations are mailed; undefined: their links are written to the log. */
  smtpUrl: string | undefined;
  mailFrom: string;
  /** Where callers reach the service; undefined: where it listens. */
  publicUrl: string | undefined;
  invitationTtlMs: number;
  /** Whose word on where a request came from is taken. */
  trustProxy: TrustProxy;
  /** Requests a minute by one API key; 0: any number. */
  rateLimitPerKey: number;
  /** Failed attempts to authenticate a minute from one address; 0: any number. */
  rateLimitFailedAuth: number;
}>;

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** Settings and their defaults, as the README lists them. */
const DEFAULTS = {
  PORT: '3000',
  HOST: '127.0.0.1',
  DATA_DIR: './data',
  EVENTSTORE_URL: undefined,
  EMBEDDED_EVENTSTORE_PORT: '2113',
  DATABASE_URL: undefined,
  DATABASE_POOL_SIZE: '10',
  DATABASE_LEASE: '6s',
  SECRET_FILE: undefined,
  BOOTSTRAP_ADMIN_EMAIL: 'admin@example.com',
  BOOTSTRAP_ADMIN_NAME: 'Admin',
  LOG_LEVEL: 'info',
  SMTP_URL: undefined,
  MAIL_FROM: 'user-ledger <no-reply@example.com>',
  PUBLIC_URL: undefined,
  INVITATION_TTL: '7d',
  TRUST_PROXY: undefined,
  RATE_LIMIT_PER_KEY: '600000',
  RATE_LIMIT_FAILED_AUTH: '6000',
} as const;
type Name = keyof typeof DEFAULTS;

/** Beginnings that are ours alone, so that a misspelt setting is noticed rather than ignored. */
const OURS =
  /^(EVENTSTORE_|EMBEDDED_|DATABASE_|DATA_DIR|BOOTSTRAP_|SECRET_|LOG_LEVEL|SMTP_|MAIL_FROM|INVITATION_|TRUST_|RATE_LIMIT)/;

/** The event store's own, when it runs alone: exported in the same shell, it is no misspelt setting. */
const OF_THE_STORE_ALONE = 'EVENTSTORE_PASSWORD';

/** A setting that cannot be; the message says which, and what to do. */
export class InvalidSettings extends Error {}

/**
 * @throws InvalidSettings for a value out of range, an unknown setting, or two that contradict each other
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  for (const name of Object.keys(environment))
    if (OURS.test(name) && !(name in DEFAULTS) && name !== OF_THE_STORE_ALONE)
      throw new InvalidSettings(`${name} is not a setting of user-ledger; see README.md`);
  const given = (name: Name): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const text = (name: Name): string => given(name) ?? DEFAULTS[name] ?? '';
  if (given('EVENTSTORE_URL') !== undefined && given('EMBEDDED_EVENTSTORE_PORT') !== undefined)
    throw new InvalidSettings('EVENTSTORE_URL and EMBEDDED_EVENTSTORE_PORT contradict each other: set one of them');
  return {
    port: port('PORT', text('PORT')),
    host: text('HOST'),
    dataDir: text('DATA_DIR'),
    eventStoreUrl: eventStoreUrl(given('EVENTSTORE_URL')),
    embeddedEventStorePort: port('EMBEDDED_EVENTSTORE_PORT', text('EMBEDDED_EVENTSTORE_PORT')),
    databaseUrl: databaseUrl(given('DATABASE_URL')),
    databasePoolSize: poolSize('DATABASE_POOL_SIZE', text('DATABASE_POOL_SIZE')),
    databaseLeaseMs: duration('DATABASE_LEASE', text('DATABASE_LEASE'), 60 * SECOND_MS),
    secretFile: given('SECRET_FILE'),
    bootstrapAdminEmail: email('BOOTSTRAP_ADMIN_EMAIL', text('BOOTSTRAP_ADMIN_EMAIL')),
    bootstrapAdminName: text('BOOTSTRAP_ADMIN_NAME'),
    logLevel: logLevel(text('LOG_LEVEL')),
    smtpUrl: smtpUrl(given('SMTP_URL')),
    mailFrom: mailFrom(text('MAIL_FROM')),
    publicUrl: publicUrl(given('PUBLIC_URL')),
    invitationTtlMs: duration('INVITATION_TTL', text('INVITATION_TTL')),
    trustProxy: trustProxy(given('TRUST_PROXY')),
    rateLimitPerKey: rate('RATE_LIMIT_PER_KEY', text('RATE_LIMIT_PER_KEY')),
    rateLimitFailedAuth: rate('RATE_LIMIT_FAILED_AUTH', text('RATE_LIMIT_FAILED_AUTH')),
  };
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

function databaseUrl(text: string | undefined): string | undefined {
  const fault = text === undefined ? undefined : databaseUrlFault(text);
  if (fault === undefined) return text;
  throw new InvalidSettings(`DATABASE_URL ${fault}`);
}

function poolSize(name: Name, text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidSettings(`${name} must be a number of connections from 1 to 99`);
}

function smtpUrl(text: string | undefined): string | undefined {
  if (text === undefined || (/^smtps?:\/\/./.test(text) && URL.canParse(text))) return text;
  throw new InvalidSettings(
    'SMTP_URL must be smtp://user:password@host:port, or smtps://… for TLS from the first byte',
  );
}

/** An address, or `Name <address>`. */
function mailFrom(text: string): string {
  if (/^([^<>"\r\n]*<)?[^\s@<>]+@[^\s@<>]+>?$/.test(text)) return text;
  throw new InvalidSettings('MAIL_FROM must be an e-mail address, or a name and <an address>');
}

function publicUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^https?:\/\/[^?#]+$/.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new InvalidSettings('PUBLIC_URL must be http://… or https://…, without ? and #');
}

function duration(name: Name, text: string, most = 365 * DAY_MS): number {
  const ms = durationMs(text);
  if (ms >= SECOND_MS && ms <= most) return ms;
  const longest = most < DAY_MS ? `${most / SECOND_MS} seconds` : `${most / DAY_MS} days`;
  throw new InvalidSettings(`${name} must be a time from 1 second to ${longest}, such as 7d, 12h, 30s or P7D`);
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level) return level;
  throw new InvalidSettings(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
}

function rate(name: Name, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidSettings(`${name} must be a number a minute, 0 for any number`);
}

const RANGES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/** Neither `true` nor a number of proxies: whoever reached the service past them could say that they come from anywhere. */
function trustProxy(text: string | undefined): TrustProxy {
  if (text === undefined) return false;
  const parts = text.split(',').map((part) => part.trim());
  if (parts.every((part) => RANGES.includes(part) || isNetwork(part))) return parts;
  throw new InvalidSettings(
    `TRUST_PROXY must be addresses or CIDRs of proxies, or ${RANGES.join(', ')}, with commas between`,
  );
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return most > 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}
