import type { Meta, Recorded } from '../../src/event-sourcing/fact.js';
import { eventCatalogue } from '../../src/users/domain/event-catalogue.js';

/** Two accounts that share what stands for them in indexes: neither is to see the other's for that. */
export const ACCOUNTS = ['01JACCOVNT0000000064112224', '01JACCOVNT0000001182504675'] as const;
const BEGIN = Date.parse('2026-01-01T00:00:00.000Z');
const NAMES = ['Ada', 'Grace', '=Lin', 'Zoë "Z"'];
const PERMISSIONS = ['USER_READ', 'USER_UPDATE', 'AUDIT_READ'];

type Someone = { userId: string; accountId: string; name: string; dev: boolean; held: Set<string>; state: string };
type Key = { apiKeyId: string; owner: Someone; revoked: boolean };
type Data = Record<string, unknown>;

/** A history as the log could hold it: users of two accounts, their keys, refusals, and clocks that disagree. */
export class RandomHistory {
  readonly events: Recorded[] = [];
  readonly users: Someone[] = [];
  private readonly keys: Key[] = [];
  private readonly revisions = new Map<string, bigint>();
  private time = BEGIN;

  constructor(
    private readonly random: () => number,
    length: number,
  ) {
    while (this.events.length < length) this.step();
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  private step(): void {
    this.time += this.random() < 0.3 ? 0 : Math.floor(this.random() * 5000);
    const kind = this.random();
    if (this.users.length < 3 || kind < 0.08) this.add();
    else if (kind < 0.16) this.issue();
    else if (kind < 0.2) this.revoke();
    else if (kind < 0.3) this.refuse();
    else this.change(this.pick(this.users));
  }

  private add(): void {
    const accountId = this.pick(ACCOUNTS);
    const n = this.users.length;
    const invited = this.random() < 0.4;
    const user = {
      userId: `U${String(n).padStart(3, '0')}`,
      accountId,
      name: this.pick(NAMES),
      dev: this.random() < 0.5,
    };
    this.users.push({ ...user, held: new Set(), state: invited ? 'invited' : 'active' });
    const { userId, name, dev: isDeveloper } = user;
    const data = {
      userId,
      accountId,
      email: `U${n}@Example.com`,
      name,
      role: this.pick(['admin', 'member']),
      isDeveloper,
    };
    if (!invited) this.record(`user-${userId}`, accountId, 'UserAdded', data);
    else this.record(`user-${userId}`, accountId, 'UserInvited', { ...data, ...this.invitation() });
  }

  private invitation(): Data {
    const expiresAt = new Date(this.time + Math.floor(this.random() * 60_000)).toISOString();
    return { invitationId: 'I', tokenHash: 'f00d', expiresAt };
  }

  private change(user: Someone): void {
    if (user.state === 'removed') return;
    const { userId, name } = user;
    const happens = (type: string, data: Data = {}): void => {
      this.record(`user-${userId}`, user.accountId, type, { userId, ...data });
    };
    const kind = this.random();
    if (kind < 0.35)
      happens('UserRenamed', { from: name, to: (user.name = `${this.pick(NAMES)} ${this.events.length}`) });
    else if (kind < 0.65) {
      happens(user.dev ? 'DeveloperPermissionRevoked' : 'DeveloperPermissionGranted');
      user.dev = !user.dev;
    } else if (kind < 0.85) {
      const permission = this.pick(PERMISSIONS);
      happens(user.held.delete(permission) ? 'PermissionRevoked' : 'PermissionGranted', { permission });
      if (this.events.at(-1)?.type === 'PermissionGranted') user.held.add(permission);
    } else if (user.state === 'invited' && kind < 0.92) happens('InvitationRenewed', this.invitation());
    else if (user.state === 'invited') {
      happens('UserActivated', { invitationId: 'I' });
      user.state = 'active';
    } else if (kind > 0.97) {
      happens('UserRemoved');
      user.state = 'removed';
    }
  }

  private issue(): void {
    const owner = this.pick(this.users);
    const apiKeyId = `K${this.keys.length}`;
    this.keys.push({ apiKeyId, owner, revoked: false });
    const { accountId, userId } = owner;
    const expiresAt = this.random() < 0.5 ? null : new Date(this.time + 1e6).toISOString();
    const data = { apiKeyId, accountId, userId, name: 'k', keyHash: apiKeyId, redactedKey: 'ul_…', expiresAt };
    this.record(`apikey-${apiKeyId}`, accountId, 'ApiKeyIssued', data);
  }

  private revoke(): void {
    const key = this.keys.find(({ revoked }) => !revoked);
    if (!key) return;
    key.revoked = true;
    this.record(`apikey-${key.apiKeyId}`, key.owner.accountId, 'ApiKeyRevoked', { apiKeyId: key.apiKeyId });
  }

  private refuse(): void {
    const accountId = this.pick(ACCOUNTS);
    const [since, until] = [this.time - 60_000, this.time].map((time) => new Date(time).toISOString());
    if (this.random() < 0.2)
      this.record(`denied-${accountId}`, accountId, 'AccessDenialsCounted', { apiKeyId: 'K0', count: 7, since, until });
    else {
      const fields = this.pick([[], ['name'], ['is_developer'], ['name', 'is_developer']]);
      const targetId = this.random() < 0.2 ? 'nobody' : this.pick(this.users).userId;
      const data = { action: 'updateUser', targetId, fields, missing: 'account_admin' };
      this.record(`denied-${accountId}`, accountId, 'AccessDenied', data);
    }
  }

  /** Times lag behind now and then: by seconds, and once in a while by days. */
  private record(stream: string, accountId: string, type: string, data: Data): void {
    const n = this.events.length;
    const revision = (this.revisions.get(stream) ?? -1n) + 1n;
    this.revisions.set(stream, revision);
    const lag = this.random() < 0.15 ? Math.floor(this.random() * 8000) : this.random() < 0.004 ? 86_400_000 : 0;
    const actor = {
      userId: this.pick(['U000', 'U001', 'system']),
      name: 'Actor',
      role: 'admin',
      apiKeyId: this.pick(['K0', 'K1', null]),
    };
    const requestId = `R${Math.floor(n / 2)}`;
    const meta: Meta = {
      ...{ accountId, actor, rule: 'account_admin', requestId, ip: this.pick(['10.0.0.1', '10.0.0.2', null]) },
      ...{ userAgent: null, commandId: `C${n}`, schemaVersion: eventCatalogue[type as 'UserAdded'].version },
      occurredAt: new Date(this.time - lag).toISOString(),
      ...{ $correlationId: requestId, $causationId: `C${n}` },
    };
    this.events.push({ type, data, id: `E${n}`, stream, revision, position: BigInt(100 + n * 3), meta });
  }
}
