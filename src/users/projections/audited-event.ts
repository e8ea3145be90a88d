import type { ApiKeyEvent } from '../domain/api-key.events.js';
import type { DenialEvent } from '../domain/denial.events.js';
import type { UserEvent } from '../domain/user.events.js';

/** What the audit trail tells of: every change of a user, permission or key, and every refusal to make one. */
export type AuditedEvent = UserEvent | ApiKeyEvent | DenialEvent;
