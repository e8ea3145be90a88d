// Users for the benchmark, written into the event store the way an invitation service would: as events.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { ulid } from 'ulid';

const AT_ONCE = 10;
const VISIBLE_WITHIN_MS = 20_000;

/** Adds users to the account of the initial admin; resolves to their ids once the service shows them all. */
export async function seedUsers(service, count) {
  const accountId = Buffer.from(service.admin.account_id, 'base64').toString().replace('Account:', '');
  const client = EventStoreDBClient.connectionString(service.admin.eventstore_url);
  const users = Array.from({ length: count }, () => ulid());
  try {
    for (let i = 0; i < count; i += AT_ONCE)
      await Promise.all(users.slice(i, i + AT_ONCE).map((userId) => append(client, accountId, userId)));
  } finally {
    await client.dispose();
  }
  const ids = users.map((userId) => Buffer.from(`User:${userId}`).toString('base64'));
  for (const id of ids) await visible(service, id);
  return ids;
}

function append(client, accountId, userId) {
  const commandId = randomUUID();
  const event = jsonEvent({
    id: randomUUID(),
    type: 'UserAdded',
    data: {
      ...{ userId, accountId, name: `User ${userId}`, email: `${userId.toLowerCase()}@example.com` },
      ...{ role: 'member', isDeveloper: false },
    },
    metadata: {
      ...{ schemaVersion: 1, occurredAt: new Date().toISOString(), accountId, rule: 'benchmark' },
      actor: { userId: 'system', name: 'system', role: 'system', apiKeyId: null },
      ...{ requestId: commandId, ip: null, userAgent: null, commandId },
      ...{ $correlationId: commandId, $causationId: commandId },
    },
  });
  return client.appendToStream(`user-${userId}`, event, { expectedRevision: NO_STREAM });
}

async function visible(service, id) {
  for (const until = performance.now() + VISIBLE_WITHIN_MS; performance.now() < until; await delay(20)) {
    const { status } = await service.get(id);
    if (status === 200) return;
    if (status !== 404) throw new Error(`a seeded user is answered with ${status}`);
  }
  throw new Error('the seeded users do not appear');
}
