import type { Recorded } from '../../event-sourcing/fact.js';
import type { Around, Chronicle, Entry } from '../../event-sourcing/projection.js';
import { accountCode } from './account-code.js';
import { auditEntryKey } from './audit-keys.js';
import { auditClock } from './audit-clock.projection.js';
import { type Said, toldOfEach } from './audited.js';
import type { AuditedEvent } from './audited-event.js';

/**
 * One event, as the trail shows it. `changes` are all it changed, as JSON, each found as an {@link AuditChange}; `data` is
 * what a user's event says as JSON, from which the feed of user events is told. Actor and target are as they were then.
 * `high` is the latest time that an event up to here carries.
 */
export type AuditEntry = Readonly<{
  accountId: string;
  /** What indexes begin with, see {@link accountCode}. */
  account: number;
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
  changes: string;
  rule: string;
  ip: string | null;
  userAgent: string | null;
  requestId: string;
  correlationId: string;
  traceparent: string | null;
  data: string | null;
}>;

async function entry(event: Recorded<AuditedEvent>, said: Said, around: Around): Promise<readonly Entry[]> {
  const { meta, revision, position } = event;
  const clock = await around.after(auditClock, meta.accountId);
  const { actor } = meta;
  // Written out, for it runs for every event of a rebuild: objects put together from parts take four times as long.
  const row = {
    accountId: meta.accountId,
    account: accountCode(meta.accountId),
    eventId: event.id,
    type: event.type,
    occurredAt: meta.occurredAt,
    high: clock?.high ?? meta.occurredAt,
    outcome: said.outcome,
    actorId: actor.userId,
    actorName: actor.name,
    actorRole: actor.role,
    apiKeyId: actor.apiKeyId,
    targetId: said.targetId,
    targetName: said.targetName,
    changes: JSON.stringify(said.changes),
    rule: said.rule ?? meta.rule,
    ip: meta.ip,
    userAgent: meta.userAgent,
    requestId: meta.requestId,
    correlationId: meta.$correlationId,
    traceparent: meta.traceparent ?? null,
    data: said.data ? JSON.stringify(said.data) : null,
    revision,
    position,
  };
  return [{ key: auditEntryKey(position), row }];
}

/** The audit trail: a row for each event of its types. */
export const auditEntry: Chronicle<AuditedEvent, AuditEntry> = {
  name: 'audit-entry-4',
  columns: {
    accountId: 'text',
    account: 'integer',
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
    changes: 'text',
    rule: 'text',
    ip: 'text?',
    userAgent: 'text?',
    requestId: 'text',
    correlationId: 'text',
    traceparent: 'text?',
    data: 'text?',
  },
  // All entries are found by an index that SQLite cannot take for those of a filter, whatever it thinks of their rows.
  indexes: [
    ['accountId', 'position'],
    ['account', 'high', 'position'],
    ['account', 'type', 'position'],
    ['account', 'outcome', 'position'],
    ['account', 'actorId', 'position'],
    ['account', 'targetId', 'position'],
    ['account', 'apiKeyId', 'position'],
    ['account', 'ip', 'position'],
    ['account', 'requestId', 'position'],
  ],
  on: toldOfEach(entry),
};
