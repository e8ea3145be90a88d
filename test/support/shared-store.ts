import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { formatApiKey } from '../../src/users/domain/api-key.js';
import { encodeUserId } from '../../src/users/domain/public-id.js';

/** An event store that the acceptance tests are to share; undefined where none is named. */
export const sharedStore = process.env.TEST_EVENTSTORE_URL;

type Started = Readonly<{ dataDir?: string; env?: Readonly<Record<string, string>> }>;

/**
 * How a service is started on an event store that others use too. A first start makes no account where there are some,
 * but goes on with one that was cut short: what such a one leaves behind is an account of this service's own.
 */
export function onSharedStore<T extends Started>(url: string, options: T): T & Required<Started> {
  const { dataDir = mkdtempSync(join(tmpdir(), 'user-ledger-')), env = {} } = options;
  const file = join(dataDir, 'initial-admin.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(begunAdmin(url)));
  return { ...options, dataDir, env: { EVENTSTORE_URL: url, ...env } };
}

function begunAdmin(url: string): object {
  const ids = { accountId: ulid(), userId: ulid(), apiKeyId: ulid(), name: 'Admin' };
  return {
    account_id: Buffer.from(`Account:${ids.accountId}`).toString('base64'),
    user_id: encodeUserId(ids.userId),
    email: 'admin@example.com',
    api_key: formatApiKey(randomBytes(20)),
    ...{ base_url: '', eventstore_url: url, ids },
  };
}
