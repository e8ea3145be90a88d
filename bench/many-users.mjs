// A great many users for the benchmark, written into the embedded event store as events.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { ulid } from 'ulid';
import { EmbeddedEventStoreProcess } from '../dist/supervisor.js';

const AT_ONCE = 32;
const FIRST = Date.now();
const DAY_MS = 24 * 60 * 60 * 1000;
const FAMILIES = [
  'lovelace',
  'hopper',
  'hamilton',
  'johnson',
  'easley',
  'liskov',
  'perlman',
  'goldberg',
  'allen',
  'bartik',
];
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Of ten users seven are active, two invited, one's invitation has lapsed; every third is a developer. */
export async function seedManyUsers(service, count, say) {
  const store = await EmbeddedEventStoreProcess.start(join(service.dataDir, 'eventstore'), 0, quiet);
  const client = EventStoreDBClient.connectionString(store.url);
  const accountId = Buffer.from(service.admin.account_id, 'base64').toString().replace('Account:', '');
  const users = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => user(accountId, from + i));
    await Promise.all(some.map((one) => client.appendToStream(one.stream, one.event, { expectedRevision: NO_STREAM })));
    users.push(...some.map(({ id, email }) => ({ id, email })));
    if (Math.floor((from + AT_ONCE) / 20_000) > Math.floor(from / 20_000)) say(`${from + AT_ONCE} users written`);
  }
  await client.dispose();
  await store.stop();
  return users;
}

function user(accountId, n) {
  const userId = ulid();
  const commandId = randomUUID();
  const email = `${FAMILIES[(n * 7) % FAMILIES.length]}.${n.toString(36).padStart(5, '0')}@team${n % 500}.example.com`;
  const born = { userId, accountId, email, name: `User ${n}`, role: 'member', isDeveloper: n % 3 === 0 };
  const expiresAt = new Date(FIRST + (n % 10 === 9 ? -DAY_MS : 7 * DAY_MS)).toISOString();
  const invited = { type: 'UserInvited', data: { ...born, invitationId: ulid(), tokenHash: commandId, expiresAt } };
  const fact = n % 10 < 7 ? { type: 'UserAdded', data: born } : invited;
  const metadata = {
    ...{ schemaVersion: 1, occurredAt: new Date(FIRST + n).toISOString(), accountId, rule: 'benchmark' },
    actor: { userId: 'system', name: 'system', role: 'system', apiKeyId: null },
    ...{ requestId: commandId, ip: null, userAgent: null, commandId },
    ...{ $correlationId: commandId, $causationId: commandId },
  };
  const event = jsonEvent({ id: randomUUID(), ...fact, metadata });
  return { id: Buffer.from(`User:${userId}`).toString('base64'), email, stream: `user-${userId}`, event };
}
