import { Journal } from '../../event-sourcing/journal.js';
import { Streams } from '../../event-sourcing/streams.js';
import type { AccountEvent, EmailClaimed } from '../domain/account.events.js';
import type { Account, EmailClaim } from '../domain/account.js';
import type { ApiKeyEvent } from '../domain/api-key.events.js';
import type { ApiKey } from '../domain/api-key.js';
import type { AuditReadingEvent } from '../domain/audit-reading.events.js';
import type { DenialEvent } from '../domain/denial.events.js';
import type { UserEvent } from '../domain/user.events.js';
import type { User } from '../domain/user.js';

// The ports of this folder: what commands load, decide on and append to.

export abstract class UserStreams extends Streams<User, UserEvent> {}
export abstract class ApiKeyStreams extends Streams<ApiKey, ApiKeyEvent> {}
export abstract class AccountStreams extends Streams<Account, AccountEvent> {}
export abstract class EmailClaimStreams extends Streams<EmailClaim, EmailClaimed> {}

/** Refused attempts, by account. */
export abstract class Denials extends Journal<DenialEvent> {}
/** Who read the audit trail, by account. */
export abstract class AuditReadings extends Journal<AuditReadingEvent> {}
