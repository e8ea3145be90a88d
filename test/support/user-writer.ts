import { randomUUID } from 'node:crypto';
import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { ulid } from 'ulid';
import type { Meta } from '../../src/event-sourcing/fact.js';
import type { UserEvent } from '../../src/users/domain/user.events.js';

type Someone = { userId: string; name: string; developer: boolean };
type Written = Readonly<{ id: string; position: bigint; event: UserEvent }>;

/** Writes the lives of users into a log, as the service would; the client must be the only one here that appends. */
export class UserWriter {
  readonly written: Written[] = [];
  private readonly users: Someone[] = [];
  private readonly accountId = ulid();

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly random: () => number,
  ) {}

  get last(): Written {
    const last = this.written.at(-1);
    if (!last) throw new Error('nothing was written');
    return last;
  }

  /** The next so many events, one after the other. */
  async write(count: number): Promise<Written[]> {
    const from = this.written.length;
    while (this.written.length < from + count) await this.append(this.next());
    return this.written.slice(from);
  }

  async append(event: UserEvent): Promise<Written> {
    const { type, data } = event;
    const id = randomUUID();
    const stored = jsonEvent({ id, type, data, metadata: this.meta() });
    const { position } = await this.client.appendToStream(`user-${data.userId}`, stored);
    const written = { id, event, position: position?.commit ?? 0n };
    this.written.push(written);
    return written;
  }

  private next(): UserEvent {
    const kind = this.random();
    const someone = this.users[Math.floor(this.random() * this.users.length)];
    if (!someone || kind < 0.15) return this.added();
    const { userId, name } = someone;
    if (kind < 0.2) {
      this.users.splice(this.users.indexOf(someone), 1);
      return { type: 'UserRemoved', data: { userId } };
    }
    if (kind < 0.4) {
      someone.name = `Name ${this.written.length}`;
      return { type: 'UserRenamed', data: { userId, from: name, to: someone.name } };
    }
    if (kind < 0.5) return { type: 'PermissionGranted', data: { userId, permission: 'USER_READ' } };
    someone.developer = !someone.developer;
    const type = someone.developer ? 'DeveloperPermissionGranted' : 'DeveloperPermissionRevoked';
    return { type, data: { userId } };
  }

  private added(): UserEvent {
    const user = { userId: ulid(), name: 'Ada', developer: this.random() < 0.5 };
    this.users.push(user);
    const { userId, name, developer: isDeveloper } = user;
    const email = `${userId}@example.com`;
    return { type: 'UserAdded', data: { userId, accountId: this.accountId, email, name, role: 'member', isDeveloper } };
  }

  private meta(): Meta {
    const [requestId, commandId] = [randomUUID(), randomUUID()];
    return {
      ...{ schemaVersion: 1, accountId: this.accountId, rule: 'account_admin', requestId, commandId },
      actor: { userId: 'system', name: 'system', role: 'system', apiKeyId: null },
      ...{ ip: null, userAgent: null, occurredAt: new Date().toISOString() },
      ...{ $correlationId: requestId, $causationId: commandId },
    };
  }
}
