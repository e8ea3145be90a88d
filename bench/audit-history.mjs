// A history for the audit benchmark, written into the embedded event store as events.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { ulid } from 'ulid';
import { EmbeddedEventStoreProcess } from '../dist/supervisor.js';

const PER_USER = 50;
const AT_ONCE = 8;
const ACTORS = 20;
const ADDRESSES = 200;
/** After whatever the service has written already: what comes later in the log is not to look late. */
const FIRST = Date.now();
const STEP_MS = 10;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const encoded = (type, id) => encodeURIComponent(Buffer.from(`${type}:${id}`).toString('base64'));
const pick = (list, i) => list[(i * 7919) % list.length];

/** Writes so many events of many users; resolves to queries for pages, by filter. */
export async function seedHistory(service, count, say) {
  const store = await EmbeddedEventStoreProcess.start(join(service.dataDir, 'eventstore'), 0, quiet);
  const client = EventStoreDBClient.connectionString(store.url);
  const accountId = Buffer.from(service.admin.account_id, 'base64').toString().replace('Account:', '');
  const known = { users: [], requests: [], actors: Array.from({ length: ACTORS }, () => ulid()) };
  let written = 0;
  const write = async () => {
    const userId = ulid();
    const size = Math.min(PER_USER, count - written);
    const events = history(userId, accountId, known, written, size);
    written += size;
    known.users.push(userId);
    await client.appendToStream(`user-${userId}`, events, { expectedRevision: NO_STREAM });
  };
  let said = 0;
  while (written < count) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, Math.ceil((count - written) / PER_USER)) }, write));
    if (written - said >= count / 5) say(`${(said = written)} written`);
  }
  await client.dispose();
  await store.stop();
  return { queries: queriesOf(known, count) };
}

function history(userId, accountId, known, from, size) {
  let name = `User ${from}`;
  let isDeveloper = false;
  return Array.from({ length: size }, (_, i) => {
    const n = from + i;
    let fact;
    if (i === 0)
      fact = {
        type: 'UserAdded',
        data: { userId, accountId, name, email: `${userId.toLowerCase()}@example.com`, role: 'member', isDeveloper },
      };
    else if (n % 3 === 0) {
      fact = { type: isDeveloper ? 'DeveloperPermissionRevoked' : 'DeveloperPermissionGranted', data: { userId } };
      isDeveloper = !isDeveloper;
    } else fact = { type: 'UserRenamed', data: { userId, from: name, to: (name = `Name ${n}`) } };
    const commandId = randomUUID();
    if (n % 997 === 0) known.requests.push(commandId);
    const actor = pick(known.actors, n);
    const metadata = {
      ...{
        schemaVersion: 1,
        occurredAt: new Date(FIRST + n * STEP_MS).toISOString(),
        accountId,
        rule: 'account_admin',
      },
      actor: { userId: actor, name: 'An admin', role: 'admin', apiKeyId: actor },
      ...{ requestId: commandId, ip: `10.0.0.${n % ADDRESSES}`, userAgent: 'benchmark', commandId },
      ...{ $correlationId: commandId, $causationId: commandId },
    };
    return jsonEvent({ id: randomUUID(), ...fact, metadata });
  });
}

function queriesOf({ users, requests, actors }, count) {
  const moment = (i) => new Date(FIRST + ((i * 7919 * 13) % count) * STEP_MS);
  const span = (i) => `from=${moment(i).toISOString()}&to=${new Date(moment(i).getTime() + 60_000).toISOString()}`;
  return {
    none: () => 'limit=50',
    target_id: (i) => `target_id=${encoded('User', pick(users, i))}`,
    actor_id: (i) => `actor_id=${encoded('User', pick(actors, i))}`,
    api_key_id: (i) => `api_key_id=${encoded('ApiKey', pick(actors, i))}`,
    type: (i) => `type=${pick(['UserRenamed', 'UserAdded', 'DeveloperPermissionGranted'], i)}`,
    'two types': () => 'type=UserAdded&type=DeveloperPermissionRevoked',
    outcome: () => 'outcome=applied',
    'outcome=denied': () => 'outcome=denied',
    field: () => 'field=is_developer',
    'field and after': (i) => `field=name&after=Name%20${(i * 7919) % count}`,
    before: (i) => `before=Name%20${(i * 7919) % count}`,
    ip: (i) => `ip=10.0.0.${i % ADDRESSES}`,
    request_id: (i) => `request_id=${pick(requests, i)}`,
    'from and to': span,
    'actor in a span of time': (i) => `actor_id=${encoded('User', pick(actors, i))}&${span(i)}`,
    'permission of a user': (i) => `target_id=${encoded('User', pick(users, i))}&field=is_developer&after=true`,
  };
}
