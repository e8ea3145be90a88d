import { randomBytes, randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, StreamNotFoundError } from '@eventstore/db-client';
import type { JSONRecordedEvent } from '@eventstore/db-client';
import { ulid } from 'ulid';
import type { Meta } from '../../src/event-sourcing/fact.js';
import { positionToken } from '../../src/users/http/conditions.js';
import type { AccountEvent, EmailClaimed } from '../../src/users/domain/account.events.js';
import { emailClaimId } from '../../src/users/domain/account.js';
import { formatApiKey, hashApiKey, redactApiKey } from '../../src/users/domain/api-key.js';
import type { ApiKeyEvent } from '../../src/users/domain/api-key.events.js';
import type { UserEvent } from '../../src/users/domain/user.events.js';
import { encodeUserId } from '../../src/users/domain/public-id.js';
import type { ServiceUnderTest } from './service.js';

const TRIES = 10;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A point in time so many days away, as events carry it. */
export const daysFromNow = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

type Status = 'active' | 'invited' | 'expired' | 'removed';
type Wanted = Readonly<{
  role: string;
  isDeveloper: boolean;
  status: Status;
  name: string;
  permissions: readonly string[];
  accountId: string;
  expiresAt: string | null;
}>;

/** A user made by {@link Seed}, with an API key of theirs. */
export type Someone = Readonly<{ ulid: string; id: string; name: string; email: string; key: string; keyId: string }>;

type Seeded = UserEvent | ApiKeyEvent | AccountEvent | EmailClaimed;

/** An event as other consumers of the log read it. */
export type StoredEvent = Readonly<{ id: string; type: string; data: Record<string, unknown>; metadata: Meta }>;

/** Writes history into the event store of a running service, as if it had happened, and reads what is there. */
export class Seed {
  readonly accountId: string;
  private readonly client: EventStoreDBClient;

  constructor(private readonly service: ServiceUnderTest) {
    this.client = EventStoreDBClient.connectionString(service.admin.eventstore_url);
    this.accountId = Buffer.from(service.admin.account_id, 'base64').toString().replace('Account:', '');
  }

  /** Opens another account; resolves to its ULID. */
  async account(): Promise<string> {
    const accountId = ulid();
    await this.append(`account-${accountId}`, accountId, { type: 'AccountOpened', data: { accountId, name: 'Other' } });
    return accountId;
  }

  /** Adds a user, by default an active member with developer permission, and resolves once the service knows them. */
  async user(wanted: Partial<Wanted> = {}): Promise<Someone> {
    const { role = 'member', isDeveloper = true, status = 'active', name = 'Grace Hopper' } = wanted;
    const { permissions = [], accountId = this.accountId } = wanted;
    const userId = ulid();
    const email = `${userId.toLowerCase()}@example.com`;
    const newUser = { userId, accountId, email, name, role, isDeveloper };
    const invitation = { invitationId: ulid(), tokenHash: hashApiKey(userId) };
    const expiresAt = daysFromNow(status === 'expired' ? -1 : 1);
    const facts: UserEvent[] = [
      status === 'invited' || status === 'expired'
        ? { type: 'UserInvited', data: { ...newUser, ...invitation, expiresAt } }
        : { type: 'UserAdded', data: newUser },
      ...permissions.map((permission) => ({ type: 'PermissionGranted' as const, data: { userId, permission } })),
      ...(status === 'removed' ? [{ type: 'UserRemoved' as const, data: { userId } }] : []),
    ];
    await this.claimed(userId, email, accountId);
    // The key comes after it in the log: who has been told of the one has been told of the other.
    await this.write(`user-${userId}`, accountId, facts);
    const { key, keyId } = await this.key(userId, wanted);
    return { ulid: userId, id: encodeUserId(userId), name, email, key, keyId };
  }

  /** Claims an e-mail, as the first half of creating a user. */
  async claimed(userId: string, email: string, accountId = this.accountId): Promise<void> {
    const stream = `useremail-${emailClaimId(accountId, email)}`;
    await this.write(stream, accountId, [{ type: 'EmailClaimed', data: { userId } }]);
  }

  /** Issues another key to a user. */
  async key(
    userId: string,
    { accountId = this.accountId, expiresAt = null }: Partial<Pick<Wanted, 'accountId' | 'expiresAt'>> = {},
  ): Promise<{ key: string; keyId: string }> {
    const [key, apiKeyId] = [formatApiKey(randomBytes(20)), ulid()];
    const secret = { keyHash: hashApiKey(key), redactedKey: redactApiKey(key) };
    const data = { apiKeyId, accountId, userId, name: 'seeded', ...secret, expiresAt };
    await this.append(`apikey-${apiKeyId}`, accountId, { type: 'ApiKeyIssued', data });
    return { key, keyId: apiKeyId };
  }

  /** More of a user's history. */
  async happened(...facts: readonly UserEvent[]): Promise<void> {
    for (const fact of facts) await this.append(`user-${fact.data.userId}`, this.accountId, fact);
  }

  /** More of one user's history, all in one append. */
  async happenedAtOnce(facts: readonly [UserEvent, ...UserEvent[]]): Promise<void> {
    await this.told(await this.write(`user-${facts[0].data.userId}`, this.accountId, facts));
  }

  async revokeKey(apiKeyId: string): Promise<void> {
    await this.append(`apikey-${apiKeyId}`, this.accountId, { type: 'ApiKeyRevoked', data: { apiKeyId } });
  }

  /** A user's events, oldest first. */
  eventsOf(userId: string): Promise<StoredEvent[]> {
    return this.eventsIn(`user-${userId}`);
  }

  /** A stream's events, oldest first. */
  async eventsIn(stream: string): Promise<StoredEvent[]> {
    const found: StoredEvent[] = [];
    try {
      for await (const { event } of this.client.readStream(stream))
        if (event) found.push(readable(event as JSONRecordedEvent));
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
    return found;
  }

  /** The events of all users of all accounts, in commit order. */
  async userEvents(): Promise<StoredEvent[]> {
    const found: StoredEvent[] = [];
    for await (const { event } of this.client.readAll())
      if (event?.streamId.startsWith('user-')) found.push(readable(event as JSONRecordedEvent));
    return found;
  }

  close(): Promise<void> {
    return this.client.dispose();
  }

  private async append(stream: string, accountId: string, fact: Seeded): Promise<void> {
    await this.told(await this.write(stream, accountId, [fact]));
  }

  private async write(stream: string, accountId: string, facts: readonly Seeded[]): Promise<string> {
    const events = facts.map(({ type, data }) => jsonEvent({ type, data, metadata: metadata(accountId) }));
    const { position } = await this.client.appendToStream(stream, events);
    if (!position) throw new Error('the store has not said where the events are');
    return positionToken(position.commit);
  }

  /** Waits, at most as long as the service does a few times over, for it to have come to a position. */
  private async told(position: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const path = `/v2/users/${this.service.admin.user_id}`;
      const { status } = await this.service.request(path, { headers: { 'x-wait-for-position': position } });
      if (status === 200) return;
    }
    throw new Error('the service has not come to what was appended');
  }
}

const readable = ({ id, type, data, metadata }: JSONRecordedEvent): StoredEvent => ({
  id,
  type,
  data: data as Record<string, unknown>,
  metadata: metadata as unknown as Meta,
});

function metadata(accountId: string): Meta {
  const [requestId, commandId] = [randomUUID(), randomUUID()];
  return {
    schemaVersion: 1,
    accountId,
    actor: { userId: 'seed', name: 'Seed', role: 'system', apiKeyId: null },
    rule: 'seed',
    requestId,
    ip: null,
    userAgent: null,
    commandId,
    occurredAt: new Date().toISOString(),
    $correlationId: requestId,
    $causationId: commandId,
  };
}
