import type { Recorded } from '../../event-sourcing/fact.js';
import type { Projection } from '../../event-sourcing/projection.js';
import type { AuditedEvent } from './audited-event.js';

/**
 * How far an account's audited events have come in time. Positions rise along the log; the times that events carry may
 * lag behind a little, since commands are stamped before they are stored, by clocks that differ. `high` is the latest
 * time so far, `late` the most milliseconds that an event has ever come behind it.
 */
type AuditClock = Readonly<{ accountId: string; high: string; late: number }>;

const tick = ({ meta: { accountId, occurredAt } }: Recorded<AuditedEvent>, row: AuditClock | undefined): AuditClock => {
  if (!row || row.high <= occurredAt) return { accountId, high: occurredAt, late: row?.late ?? 0 };
  return { ...row, late: Math.max(row.late, Date.parse(row.high) - Date.parse(occurredAt)) };
};

/** How far time has come in each account, so that a span of time bounds a part of the log. */
export const auditClock: Projection<AuditedEvent, AuditClock> = {
  name: 'audit-clock-1',
  columns: { accountId: 'text', high: 'text', late: 'integer' },
  indexes: [],
  key: ({ meta }) => meta.accountId,
  on: {
    UserAdded: tick,
    UserInvited: tick,
    UserActivated: tick,
    InvitationRenewed: tick,
    UserRenamed: tick,
    DeveloperPermissionGranted: tick,
    DeveloperPermissionRevoked: tick,
    PermissionGranted: tick,
    PermissionRevoked: tick,
    UserRemoved: tick,
    ApiKeyIssued: tick,
    ApiKeyRevoked: tick,
    AccessDenied: tick,
    AccessDenialsCounted: tick,
  },
};
