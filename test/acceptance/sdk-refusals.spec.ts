import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import pg from 'pg';
import { VERSION } from '../../src/postgres-read-model.js';
import { userView } from '../../src/users/projections/user-view.projection.js';
import type { ServiceUnderTest } from '../support/service.js';
import { type Client, clientOf, type Refusal, refusal, type Sdk, sdks } from './sdks.js';
import { withService } from './with-service.js';

const PER_KEY = 100;

/** The service's own refusals, which the SDK has no classes for: what it throws then, and what it says. */
describe.each(sdks)('@arizeai/ax-client %s throws APIError', (_version, sdk) => {
  const context = withService({ RATE_LIMIT_PER_KEY: `${PER_KEY}` });

  const sending = (defaultHeaders: Record<string, string>): Client =>
    sdk.createClient({ apiKey: context.service.admin.api_key, baseUrl: context.service.baseUrl, defaultHeaders });

  it('413 for a body too large', async () => {
    const { id: userId } = await context.seed.user();
    const client = clientOf(sdk, context.service);
    isApiError(sdk, await refusal(sdk.updateUser({ client, userId, name: 'x'.repeat(20_000) })), 413, '16 KiB');
  });

  it('415 for a body that is no JSON', async () => {
    const { id: userId } = await context.seed.user();
    const client = sending({ 'content-type': 'text/plain' });
    isApiError(sdk, await refusal(sdk.updateUser({ client, userId, name: 'Ada' })), 415, 'application/json');
  });

  it('422 for a key of the caller’s choice that was used for something else', async () => {
    const { id: userId } = await context.seed.user();
    const client = sending({ 'idempotency-key': `sdk-${userId}` });
    await sdk.updateUser({ client, userId, name: 'Ada' });
    isApiError(sdk, await refusal(sdk.updateUser({ client, userId, name: 'Eve' })), 422, 'Idempotency-Key');
  });

  it('429 for more than the rate allows', async () => {
    const accountId = await context.seed.account();
    const { key } = await context.seed.user({ role: 'admin', accountId });
    const client = clientOf(sdk, context.service, key);
    // Many at once, for the rate fills up again meanwhile.
    const calls = Array.from({ length: 3 * PER_KEY }, () => sdk.listUsers({ client }));
    isApiError(sdk, await refusal(Promise.all(calls)), 429, 'rate');
    await Promise.allSettled(calls);
  });

  it('503 for what has not come to pass in time', async () => {
    const client = sending({ 'x-wait-for-position': 'UG9zaXRpb246OTk5OTk5OTk5' });
    isApiError(sdk, await refusal(sdk.getUser({ client, userId: context.service.admin.user_id })), 503, 'again');
  });

  // The last one: nothing works any more after it.
  it('500 where something is broken, without saying what', async () => {
    const { id: userId } = await context.seed.user();
    const client = clientOf(sdk, context.service);
    await dropUsers(context.service);
    const error = await refusal(sdk.getUser({ client, userId }));
    isApiError(sdk, error, 500, 'request_id');
    expect(error.message).not.toContain('table');
  });
});

async function dropUsers({ database, dataDir }: ServiceUnderTest): Promise<void> {
  if (database) {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(`drop table ${VERSION}."${userView.name}"`);
    await client.end();
    return;
  }
  const file = new Database(join(dataDir, 'read-model.sqlite'));
  file.exec(`drop table "${userView.name}"`);
  file.close();
}

function isApiError(sdk: Sdk, error: Refusal, statusCode: number, says: string): void {
  expect(error).toBeInstanceOf(sdk.APIError);
  expect(error).not.toBeInstanceOf(sdk.BadRequestError);
  expect(error).not.toBeInstanceOf(sdk.NotFoundError);
  expect(error).toMatchObject({ statusCode, message: expect.stringContaining(says) });
}
