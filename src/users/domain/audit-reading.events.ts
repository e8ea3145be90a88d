import type { Catalogue } from '../../event-sourcing/catalogue.js';
import type { Fact } from '../../event-sourcing/fact.js';

/** Somebody read the audit trail: how (`json`, `ndjson`, `csv`, `logs`), and with which filters, as `name=value`. */
export type AuditTrailRead = Fact<'AuditTrailRead', { format: string; filters: readonly string[] }>;
export type AuditReadingEvent = AuditTrailRead;

export const auditReadingEvents: Catalogue<AuditReadingEvent> = {
  AuditTrailRead: {
    says: 'Somebody read the audit trail.',
    version: 1,
    fields: { format: 'string', filters: 'strings' },
    personal: ['filters'],
  },
};
