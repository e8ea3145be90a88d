import { describe, expect, it } from '@jest/globals';
import { printable } from '../src/printable.js';
import { InvalidSettings, readSettings } from '../src/settings.js';

const DAY_MS = 86_400_000;

describe('settings', () => {
  it('has a default for everything', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataDir: './data',
      eventStoreUrl: undefined,
      embeddedEventStorePort: 2113,
      databaseUrl: undefined,
      databasePoolSize: 10,
      databaseLeaseMs: 6_000,
      secretFile: undefined,
      bootstrapAdminEmail: 'admin@example.com',
      bootstrapAdminName: 'Admin',
      logLevel: 'info',
      smtpUrl: undefined,
      mailFrom: 'user-ledger <no-reply@example.com>',
      publicUrl: undefined,
      invitationTtlMs: 7 * DAY_MS,
      trustProxy: false,
      rateLimitPerKey: 600_000,
      rateLimitFailedAuth: 6_000,
    });
  });
  it.each([
    ['', false],
    ['loopback, 10.0.0.0/8,2001:db8::/32,192.0.2.1', ['loopback', '10.0.0.0/8', '2001:db8::/32', '192.0.2.1']],
  ])('trusts %s', (TRUST_PROXY, trustProxy) => {
    expect(readSettings({ TRUST_PROXY }).trustProxy).toEqual(trustProxy);
  });
  it.each(['postgres://u:p@db:5432/ledger?sslmode=verify-full&sslrootcert=/ca.pem', 'postgresql://db/ledger'])(
    'takes %s for the read model',
    (DATABASE_URL) => {
      expect(readSettings({ DATABASE_URL, DATABASE_LEASE: '10s', SECRET_FILE: '/s' })).toMatchObject({
        ...{ databaseUrl: DATABASE_URL, databaseLeaseMs: 10_000, secretFile: '/s' },
      });
    },
  );
  it('takes what it is given, and empty for absent', () => {
    const given = { PORT: '0', HOST: '::1', EVENTSTORE_URL: 'esdb://db:2113?tls=false', LOG_LEVEL: '', HOME: '/x' };
    expect(readSettings(given)).toMatchObject({
      port: 0,
      host: '::1',
      eventStoreUrl: given.EVENTSTORE_URL,
      logLevel: 'info',
    });
  });
  it("leaves the event store's own password alone", () => {
    expect(readSettings({ EVENTSTORE_PASSWORD: 'changeit' })).toEqual(readSettings({}));
  });
  it.each<[Record<string, string>, RegExp]>([
    [{ PORT: 'x' }, /PORT/],
    [{ PORT: '65536' }, /PORT/],
    [{ PORT: '-1' }, /PORT/],
    [{ EMBEDDED_EVENTSTORE_PORT: '1.5' }, /EMBEDDED_EVENTSTORE_PORT/],
    [{ EVENTSTORE_URL: 'http://x' }, /EVENTSTORE_URL/],
    [{ EVENTSTORE_URL: 'esdb://x', EMBEDDED_EVENTSTORE_PORT: '1' }, /contradict/],
    [{ EVENTSTORE_ULR: 'esdb://x' }, /EVENTSTORE_ULR/],
    [{ BOOTSTRAP_ADMIN_MAIL: 'a@b' }, /BOOTSTRAP_ADMIN_MAIL/],
    [{ BOOTSTRAP_ADMIN_EMAIL: 'nobody' }, /BOOTSTRAP_ADMIN_EMAIL/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL/],
    [{ DATABASE_URL: 'postgres://x/y?sslmode=prefer' }, /DATABASE_URL.*sslmode/],
    [{ DATABASE_URL: 'postgres://x/y?sslmode=verify-ca' }, /DATABASE_URL.*sslrootcert/],
    [{ DATABASE_URL: 'postgres://x/y?sslrootcert=ca.pem' }, /DATABASE_URL.*sslmode/],
    [{ DATABASE_POOL_SIZE: '0' }, /DATABASE_POOL_SIZE/],
    [{ DATABASE_POOL_SIZE: '100' }, /DATABASE_POOL_SIZE/],
    [{ DATABASE_LEASE: '61s' }, /DATABASE_LEASE.*60 seconds/],
    [{ DATABASE_LEASE: '0' }, /DATABASE_LEASE/],
    [{ DATABASE_UR: 'postgres://x' }, /DATABASE_UR/],
    [{ SECRET_KEY: 'x' }, /SECRET_KEY/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
    [{ SMTP_URL: 'mail.example.com' }, /SMTP_URL/],
    [{ SMTP_HOST: 'mail.example.com' }, /SMTP_HOST/],
    [{ MAIL_FROM: 'nobody' }, /MAIL_FROM/],
    [{ MAIL_FROM: 'a@b\r\nBcc: c@d' }, /MAIL_FROM/],
    [{ PUBLIC_URL: 'users.example.com' }, /PUBLIC_URL/],
    [{ PUBLIC_URL: 'https://users.example.com/?a' }, /PUBLIC_URL/],
    [{ INVITATION_TTL: '0' }, /INVITATION_TTL/],
    [{ INVITATION_TTL: '366d' }, /INVITATION_TTL/],
    [{ INVITATION_TTL: 'P' }, /INVITATION_TTL/],
    [{ INVITATION_TTL: '7w' }, /INVITATION_TTL/],
    [{ TRUST_PROXY: 'true' }, /TRUST_PROXY.*loopback, linklocal, uniquelocal/],
    [{ TRUST_PROXY: '1' }, /TRUST_PROXY/],
    [{ TRUST_PROXY: '10.0.0.0/33' }, /TRUST_PROXY/],
    [{ TRUST_PROXY: '10.0.0.1/' }, /TRUST_PROXY/],
    [{ TRUST_PROXY: '10.0.0.1,' }, /TRUST_PROXY/],
    [{ TRUST_PROXIES: '1' }, /TRUST_PROXIES/],
    [{ RATE_LIMIT_PER_KEY: '-1' }, /RATE_LIMIT_PER_KEY/],
    [{ RATE_LIMIT_FAILED_AUTH: '1.5' }, /RATE_LIMIT_FAILED_AUTH/],
    [{ RATE_LIMIT: '1' }, /RATE_LIMIT/],
  ])('refuses %j, naming it', (environment, naming) => {
    expect(() => readSettings(environment)).toThrow(InvalidSettings);
    expect(() => readSettings(environment)).toThrow(naming);
  });
  it.each([
    ['7', 7 * DAY_MS],
    ['1d', DAY_MS],
    ['12h', DAY_MS / 2],
    ['90s', 90_000],
    ['P7D', 7 * DAY_MS],
    ['P1DT12H', 1.5 * DAY_MS],
    ['PT30M', 1_800_000],
  ])('reads %s as a time an invitation is good for', (text, ms) => {
    expect(readSettings({ INVITATION_TTL: text }).invitationTtlMs).toBe(ms);
  });
  it('prints no password, name or e-mail', () => {
    const given = { EVENTSTORE_URL: 'esdb://admin:changeit@db:2113', BOOTSTRAP_ADMIN_EMAIL: 'grace@navy.mil' };
    const mail = { SMTP_URL: 'smtp://grace%40navy:changeit@mail:25' };
    const database = { DATABASE_URL: 'postgres://navy:changeit@pg:5432/x?sslmode=require&password=changeit' };
    const printed = JSON.stringify(printable(readSettings({ ...given, ...mail, ...database })));
    expect(printed).toContain('//***@db:2113');
    expect(printed).toContain('//***@pg:5432/x?sslmode=require');
    expect(printed).not.toMatch(/changeit|navy|Admin/);
  });
});
