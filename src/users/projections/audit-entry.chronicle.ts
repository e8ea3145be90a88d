import type { Recorded } from '../../event-sourcing/fact.js';
import type { Around, Chronicle, Entry } from '../../event-sourcing/projection.js';
import type { ApiKeyEvent } from '../domain/api-key.events.js';
import type { UserEvent } from '../domain/user.events.js';
import { accountCode } from './account-code.js';
import { apiKeyView } from './api-key-view.projection.js';
import { auditEntryKey } from './audit-entry-key.js';
import { auditClock } from './audit-clock.projection.js';
import type { AuditedEvent } from './audited-event.js';
import { apiKeyChanges, type FieldChange, userChanges, valueText } from './field-change.js';
import { userView } from './user-view.projection.js';

/**
 * One change of one event; the first of an event (`first`) stands for the event, and alone has `changes`, all of them as
 * JSON, and `data`, what a user's event says as JSON, from which the feed of user events is told. `field`, `before` and
 * `after` are this change, as text. Actor and target are as they were then. `high` is the latest time that an event up to
 * here carries.
 */
export type AuditEntry = Readonly<{
  accountId: string;
  /** What indexes begin with, see {@link accountCode}. */
  account: number;
  first: boolean;
  eventId: string;
  type: string;
  occurredAt: string;
  high: string;
  outcome: string;
  actorId: string;
  actorName: string;
  actorRole: string;
  apiKeyId: string | null;
  targetId: string | null;
  targetName: string | null;
  changes: string | null;
  field: string | null;
  before: string | null;
  after: string | null;
  rule: string;
  ip: string | null;
  userAgent: string | null;
  requestId: string;
  correlationId: string;
  traceparent: string | null;
  data: string | null;
}>;

/** What an event says beyond its metadata. */
type Said = Readonly<{
  outcome: 'applied' | 'denied';
  targetId: string | null;
  targetName: string | null;
  rule?: string;
  changes: readonly FieldChange[];
  data?: object;
}>;

async function entries(event: Recorded<AuditedEvent>, around: Around, said: Said): Promise<readonly Entry[]> {
  const { meta, revision, position } = event;
  const clock = await around.after(auditClock, meta.accountId);
  const { actor } = meta;
  const changes = JSON.stringify(said.changes);
  const rule = said.rule ?? meta.rule;
  const high = clock?.high ?? meta.occurredAt;
  const told = said.changes.length > 0 ? said.changes : [{ field: null, before: null, after: null }];
  // Written out, for it runs for every event of a rebuild: objects put together from parts take four times as long.
  return told.map(({ field, before, after }, index) => ({
    key: auditEntryKey(position, index),
    row: {
      accountId: meta.accountId,
      account: accountCode(meta.accountId),
      first: index === 0,
      eventId: event.id,
      type: event.type,
      occurredAt: meta.occurredAt,
      high,
      outcome: said.outcome,
      actorId: actor.userId,
      actorName: actor.name,
      actorRole: actor.role,
      apiKeyId: actor.apiKeyId,
      targetId: said.targetId,
      targetName: said.targetName,
      changes: index === 0 ? changes : null,
      field,
      before: valueText(before),
      after: valueText(after),
      rule,
      ip: meta.ip,
      userAgent: meta.userAgent,
      requestId: meta.requestId,
      correlationId: meta.$correlationId,
      traceparent: meta.traceparent ?? null,
      data: index === 0 && said.data ? JSON.stringify(said.data) : null,
      revision,
      position,
    },
  }));
}

async function userChanged(event: Recorded<UserEvent>, around: Around): Promise<readonly Entry[]> {
  const { userId } = event.data;
  const [before, after] = [await around.before(userView, userId), await around.after(userView, userId)];
  const targetName = (before ?? after)?.name ?? null;
  return entries(event, around, {
    outcome: 'applied',
    targetId: userId,
    targetName,
    changes: userChanges(before, after),
    data: event.data,
  });
}

async function apiKeyChanged(event: Recorded<ApiKeyEvent>, around: Around): Promise<readonly Entry[]> {
  const { apiKeyId } = event.data;
  const [before, after] = [await around.before(apiKeyView, apiKeyId), await around.after(apiKeyView, apiKeyId)];
  const targetId = after?.userId ?? null;
  const owner = targetId === null ? undefined : await around.after(userView, targetId);
  const changes = apiKeyChanges(before, after);
  return entries(event, around, { outcome: 'applied', targetId, targetName: owner?.name ?? null, changes });
}

/** The audit trail. Every event of its types has its rows; none is skipped, for an event that cannot be told stops all. */
export const auditEntry: Chronicle<AuditedEvent, AuditEntry> = {
  name: 'audit-entry-3',
  columns: {
    accountId: 'text',
    account: 'integer',
    first: 'boolean',
    eventId: 'text',
    type: 'text',
    occurredAt: 'text',
    high: 'text',
    outcome: 'text',
    actorId: 'text',
    actorName: 'text',
    actorRole: 'text',
    apiKeyId: 'text?',
    targetId: 'text?',
    targetName: 'text?',
    changes: 'text?',
    field: 'text?',
    before: 'text?',
    after: 'text?',
    rule: 'text',
    ip: 'text?',
    userAgent: 'text?',
    requestId: 'text',
    correlationId: 'text',
    traceparent: 'text?',
    data: 'text?',
  },
  indexes: [
    ['account', 'first', 'position'],
    ['account', 'high', 'position'],
    ['account', 'type', 'position'],
    ['account', 'outcome', 'position'],
    ['account', 'actorId', 'position'],
    ['account', 'targetId', 'position'],
    ['account', 'apiKeyId', 'position'],
    ['account', 'field', 'position'],
    ['account', 'before', 'position'],
    ['account', 'after', 'position'],
    ['account', 'ip', 'position'],
    ['account', 'requestId', 'position'],
  ],
  on: {
    UserAdded: userChanged,
    UserInvited: userChanged,
    UserActivated: userChanged,
    InvitationRenewed: userChanged,
    UserRenamed: userChanged,
    DeveloperPermissionGranted: userChanged,
    DeveloperPermissionRevoked: userChanged,
    PermissionGranted: userChanged,
    PermissionRevoked: userChanged,
    UserRemoved: userChanged,
    ApiKeyIssued: apiKeyChanged,
    ApiKeyRevoked: apiKeyChanged,
    AccessDenied: async (event, around) => {
      const { targetId, fields, missing } = event.data;
      const target = await around.after(userView, targetId);
      const known = target?.accountId === event.meta.accountId;
      // Nothing changed; which fields were asked for is worth finding all the same.
      const changes = fields.map((field) => ({ field, before: null, after: null }));
      return entries(event, around, {
        ...{ outcome: 'denied', targetId, targetName: known ? target.name : null, rule: missing, changes },
      });
    },
    AccessDenialsCounted: (event, around) => {
      const { count, since, until } = event.data;
      const changes = [
        { field: 'refused_attempts', before: null, after: count },
        { field: 'refused_attempts.since', before: null, after: since },
        { field: 'refused_attempts.until', before: null, after: until },
      ];
      return entries(event, around, { outcome: 'denied', targetId: null, targetName: null, changes });
    },
  },
};
