import type { Recorded } from '../../event-sourcing/fact.js';
import type { Chronicle, Entry } from '../../event-sourcing/projection.js';
import { accountCode } from './account-code.js';
import { auditChangeKey, auditEntryKey } from './audit-keys.js';
import { type Said, toldOfEach } from './audited.js';
import type { AuditedEvent } from './audited-event.js';
import { valueText } from './field-change.js';

/**
 * One change of one event, as text: what the audit trail is searched by, and nothing else, for there are several of them
 * where a user is created. `entry` is the key of the event's entry, which says all the rest.
 */
export type AuditChange = Readonly<{
  /** What indexes begin with, see {@link accountCode}. */
  account: number;
  entry: string;
  field: string;
  before: string | null;
  after: string | null;
}>;

function changes({ meta, revision, position }: Recorded<AuditedEvent>, said: Said): readonly Entry[] {
  const account = accountCode(meta.accountId);
  const entry = auditEntryKey(position);
  return said.changes.map(({ field, before, after }, index) => ({
    key: auditChangeKey(position, index),
    row: { account, entry, field, before: valueText(before), after: valueText(after), revision, position },
  }));
}

/** The single changes of the audit trail. */
export const auditChange: Chronicle<AuditedEvent, AuditChange> = {
  name: 'audit-change-1',
  columns: { account: 'integer', entry: 'text', field: 'text', before: 'text?', after: 'text?' },
  indexes: [
    ['account', 'field', 'position'],
    ['account', 'before', 'position'],
    ['account', 'after', 'position'],
  ],
  on: toldOfEach(changes),
};
