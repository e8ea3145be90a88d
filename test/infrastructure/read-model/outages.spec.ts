import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { answered } from '../../../src/infrastructure/read-model/answered.js';
import { databaseReady } from '../../../src/infrastructure/read-model/postgres-ready.js';
import { onPool } from '../../../src/infrastructure/read-model/postgres.js';
import { silent } from '../../support/databases.js';

type Fault = Readonly<{ code?: string; message?: string }>;

const errorOf = ({ code, message = 'no' }: Fault): Error => Object.assign(new Error(message), code && { code });
const end = (): Promise<void> => Promise.resolve();
/** Gives no connection. */
const closed = (fault: Fault) => onPool({ connect: () => Promise.reject(errorOf(fault)), end });
/** Gives connections, and refuses every statement. */
const refusing = (fault: Fault) =>
  onPool({
    connect: () => Promise.resolve({ query: () => Promise.reject(errorOf(fault)), release: () => undefined } as never),
    end,
  });

const noConnection: Fault[] = [
  ...['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_SSL_WRONG_VERSION_NUMBER', '28P01', '3D000', '53300', '57P03'],
].map((code) => ({ code }));
const withoutCode: Fault[] = [
  { message: 'There was an error establishing an SSL connection' },
  { message: 'The server does not support SSL connections' },
];

describe('a query', () => {
  it.each([...noConnection, ...withoutCode])('that gets no connection meets an outage: %j', async (fault) => {
    const asked = answered(sql`select 1`.execute(closed(fault)));
    await expect(asked).rejects.toMatchObject({ code: 'read-model-unavailable' });
  });

  it.each(['25006', '40001', '57P01', '58030', 'XX000', 'SQLITE_BUSY', 'SQLITE_IOERR_WRITE', 'SQLITE_CORRUPT'])(
    'that the database cannot answer meets an outage: %s',
    async (code) => {
      const asked = answered(sql`select 1`.execute(refusing({ code })));
      await expect(asked).rejects.toMatchObject({ code: 'read-model-unavailable' });
    },
  );

  it.each(['22021', '23502', '42P01', '42601', 'SQLITE_ERROR', 'SQLITE_CONSTRAINT_NOTNULL', 'SQLITE_RANGE'])(
    'that is wrong is a fault of ours: %s',
    async (code) => {
      await expect(answered(sql`select 1`.execute(refusing({ code })))).rejects.toMatchObject({ code });
    },
  );

  it('that cannot be made is a fault of ours', async () => {
    await expect(answered(Promise.reject(new TypeError('a bug')))).rejects.toThrow(TypeError);
  });
});

describe('at the start, a database', () => {
  const started = (fault: Fault) => databaseReady(closed(fault), 0, silent);

  it.each([
    ...['ECONNREFUSED', 'EAI_AGAIN', '08006', '53300', '57P01', '57P03'].map((code) => ({ code })),
    { message: 'There was an error establishing an SSL connection' },
  ])('is waited for: %j', async (fault) => {
    await expect(started(fault)).rejects.toThrow(/did not answer within 0 s/);
  });

  it.each([
    ...['28P01', '3D000', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'].map((code) => ({ code })),
    { message: 'The server does not support SSL connections' },
  ])('is not waited for where that would not help: %j', async (fault) => {
    await expect(started(fault)).rejects.toThrow(/^DATABASE_URL: /);
  });
});
