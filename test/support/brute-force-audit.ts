import type { Recorded } from '../../src/event-sourcing/fact.js';
import type { AuditFilters } from '../../src/users/queries/audit-filters.js';

type Fields = Record<string, unknown>;
type Data = Readonly<Record<string, unknown>>;
export type Scanned = Readonly<{
  event: Recorded;
  targetId: string | null;
  targetName: string | null;
  outcome: string;
  rule: string;
  changes: { field: string; before: unknown; after: unknown }[];
}>;

/** A user's fields after one more event, written down from what the events mean and from nothing else. */
function told(fields: Fields | undefined, { type, data }: Recorded): Fields {
  const { name, email, role, isDeveloper, expiresAt, to, permission } = data as Data;
  if (type === 'UserAdded' || type === 'UserInvited') {
    const status = type === 'UserAdded' ? 'active' : 'invited';
    return {
      name,
      email,
      role,
      is_developer: isDeveloper,
      status,
      permissions: [],
      invitation_expires_at: expiresAt ?? null,
    };
  }
  const held = new Set(fields?.permissions as string[]);
  const after: Record<string, Fields> = {
    UserRenamed: { name: to },
    DeveloperPermissionGranted: { is_developer: true },
    DeveloperPermissionRevoked: { is_developer: false },
    PermissionGranted: { permissions: [...held.add(String(permission))].sort() },
    UserActivated: { status: 'active', invitation_expires_at: null },
    InvitationRenewed: { invitation_expires_at: expiresAt },
    UserRemoved: { status: 'removed' },
  };
  if (type !== 'PermissionRevoked') return { ...fields, ...after[type] };
  held.delete(String(permission));
  return { ...fields, permissions: [...held] };
}

/** The whole trail, by reading every event from the first. */
export function scan(events: readonly Recorded[]): Scanned[] {
  const users = new Map<string, Fields & { accountId?: unknown }>();
  const keys = new Map<string, Data>();
  return events.map((event) => {
    const data = event.data as Data;
    const { outcome, rule } = { outcome: 'applied', rule: event.meta.rule };
    if (event.stream.startsWith('user-')) {
      const id = String(data.userId);
      const before = users.get(id);
      const after: Fields & { accountId?: unknown } = {
        accountId: data.accountId ?? before?.accountId,
        ...told(before, event),
      };
      users.set(id, after);
      const fields = ['name', 'email', 'role', 'is_developer', 'status', 'permissions', 'invitation_expires_at'];
      const changes = fields
        .map((field) => ({ field, before: before?.[field] ?? null, after: after[field] ?? null }))
        .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
      return { event, targetId: id, targetName: String((before ?? after).name), outcome, rule, changes };
    }
    if (event.stream.startsWith('apikey-')) {
      const key = keys.get(String(data.apiKeyId)) ?? data;
      keys.set(String(data.apiKeyId), key);
      const [gone, there] = [event.type === 'ApiKeyRevoked', event.type === 'ApiKeyIssued'];
      const changes = Object.entries({
        api_key: key.apiKeyId,
        'api_key.name': key.name,
        'api_key.expires_at': key.expiresAt,
      })
        .filter(([, value]) => value !== null)
        .map(([field, value]) => ({ field, before: gone ? value : null, after: there ? value : null }));
      const targetId = String(key.userId);
      return { event, targetId, targetName: String(users.get(targetId)?.name), outcome, rule, changes };
    }
    if (event.type === 'AccessDenied') {
      const target = users.get(String(data.targetId));
      const known = target?.accountId === event.meta.accountId;
      const changes = (data.fields as string[]).map((field) => ({ field, before: null, after: null }));
      const targetName = known ? String(target.name) : null;
      return {
        event,
        targetId: String(data.targetId),
        targetName,
        outcome: 'denied',
        rule: String(data.missing),
        changes,
      };
    }
    const changes = [
      { field: 'refused_attempts', before: null, after: data.count },
      { field: 'refused_attempts.since', before: null, after: data.since },
      { field: 'refused_attempts.until', before: null, after: data.until },
    ];
    return { event, targetId: null, targetName: null, outcome: 'denied', rule, changes };
  });
}

/** A value as filters name it. */
export function asText(value: unknown): string | null {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : value === null || value === undefined ? null : JSON.stringify(value);
}
const among = (values: readonly string[] | undefined, value: string | null): boolean =>
  values === undefined || (value !== null && values.includes(value));

/** Whether one event is what the filters look for, in one account. */
export function matches(accountId: string, f: AuditFilters, { event, ...said }: Scanned): boolean {
  const { meta } = event;
  const aboutChange = f.field !== undefined || f.before !== undefined || f.after !== undefined;
  return (
    meta.accountId === accountId &&
    among(f.actorId, meta.actor.userId) &&
    among(f.apiKeyId, meta.actor.apiKeyId) &&
    among(f.targetId, said.targetId) &&
    among(f.type, event.type) &&
    among(f.outcome, said.outcome) &&
    among(f.ip, meta.ip) &&
    among(f.requestId, meta.requestId) &&
    (f.from === undefined || meta.occurredAt >= f.from) &&
    (f.to === undefined || meta.occurredAt < f.to) &&
    (!aboutChange ||
      said.changes.some(
        ({ field, before, after }) =>
          among(f.field, field) && among(f.before, asText(before)) && among(f.after, asText(after)),
      ))
  );
}
