import { ApiProperty } from '@nestjs/swagger';
import type { Stored } from '../../event-sourcing/read-model.js';
import { PaginationResponse } from '../../http/pagination.response.js';
import type { AuditEntry } from '../projections/audit-entry.chronicle.js';
import type { FieldChange } from '../projections/field-change.js';
import { encodeId } from '../domain/public-id.js';

class AuditActorResponse {
  @ApiProperty({ type: String })
  user_id!: string;
  @ApiProperty({ type: String, description: 'As it was then' })
  name!: string;
  @ApiProperty({ type: String, description: 'As it was then' })
  role!: string;
  @ApiProperty({ type: String, nullable: true })
  api_key_id!: string | null;
}

class AuditTargetResponse {
  @ApiProperty({ type: String, nullable: true })
  user_id!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'As it was before the event' })
  name!: string | null;
}

/** Every kind of value that a field can have; which it is, is the field's own. */
const fieldValue = {
  oneOf: [
    { type: 'string' },
    { type: 'boolean' },
    { type: 'number' },
    { type: 'array', items: { type: 'string' } },
    { type: 'null' as 'string' },
  ],
};

class AuditChangeResponse {
  @ApiProperty({ type: String, example: 'is_developer' })
  field!: string;
  @ApiProperty({
    ...fieldValue,
    description: 'null where there was nothing; both are null where the change was refused',
  })
  before!: FieldChange['before'];
  @ApiProperty(fieldValue)
  after!: FieldChange['after'];
}

class AuditAuthorizationResponse {
  @ApiProperty({ type: String, description: 'What allowed it; of a refused attempt, what was missing' })
  rule!: string;
}

class AuditContextResponse {
  @ApiProperty({ type: String, nullable: true })
  ip!: string | null;
  @ApiProperty({ type: String, nullable: true })
  user_agent!: string | null;
  @ApiProperty({ type: String })
  request_id!: string;
  @ApiProperty({ type: String })
  correlation_id!: string;
}

/** One event of the audit trail. */
export class AuditEventResponse {
  @ApiProperty({ type: String })
  id!: string;
  @ApiProperty({ type: String, description: 'The place in the log, a 64-bit number as text' })
  position!: string;
  @ApiProperty({ type: String, example: 'DeveloperPermissionGranted' })
  type!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  occurred_at!: string;
  @ApiProperty({ enum: ['applied', 'denied'] })
  outcome!: string;
  @ApiProperty({ type: AuditActorResponse })
  actor!: AuditActorResponse;
  @ApiProperty({ type: AuditTargetResponse })
  target!: AuditTargetResponse;
  @ApiProperty({ type: [AuditChangeResponse] })
  changes!: AuditChangeResponse[];
  @ApiProperty({ type: AuditAuthorizationResponse })
  authorization!: AuditAuthorizationResponse;
  @ApiProperty({ type: AuditContextResponse })
  context!: AuditContextResponse;
}

export class AuditEventsResponse {
  @ApiProperty({ type: [AuditEventResponse] })
  audit_events!: AuditEventResponse[];
  @ApiProperty({ type: PaginationResponse })
  pagination!: PaginationResponse;
}

const userId = (id: string | null): string | null => (id === null ? null : encodeId('User', id));
const keyId = (id: string | null): string | null => (id === null ? null : encodeId('ApiKey', id));

/** Keys are shown by the ids that the API gives them. */
const shown = ({ field, before, after }: FieldChange): AuditChangeResponse =>
  field === 'api_key'
    ? { field, before: keyId(before as string | null), after: keyId(after as string | null) }
    : { field, before, after };

export const auditEventResponse = (entry: Stored<AuditEntry>): AuditEventResponse => ({
  id: encodeId('AuditEvent', entry.eventId),
  position: entry.position.toString(),
  type: entry.type,
  occurred_at: entry.occurredAt,
  outcome: entry.outcome,
  actor: {
    user_id: encodeId('User', entry.actorId),
    name: entry.actorName,
    role: entry.actorRole,
    api_key_id: keyId(entry.apiKeyId),
  },
  target: { user_id: userId(entry.targetId), name: entry.targetName },
  changes: (JSON.parse(entry.changes) as FieldChange[]).map(shown),
  authorization: { rule: entry.rule },
  context: {
    ip: entry.ip,
    user_agent: entry.userAgent,
    request_id: entry.requestId,
    correlation_id: entry.correlationId,
  },
});
