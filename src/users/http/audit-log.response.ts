import { ApiProperty } from '@nestjs/swagger';
import { PaginationResponse } from '../../http/pagination.response.js';
import type { AuditEntry } from '../projections/audit-entry.chronicle.js';
import type { FieldChange } from '../projections/field-change.js';
import { encodeId } from '../domain/public-id.js';

/** One event of the audit trail in the shape of Arize's audit log. */
export class AuditLogResponse {
  @ApiProperty({ type: String })
  id!: string;
  @ApiProperty({ type: String, description: 'Who did it' })
  user_id!: string;
  @ApiProperty({ type: String, description: 'Empty where it came from no request' })
  ip!: string;
  @ApiProperty({ enum: ['MUTATION'] })
  operation_type!: string;
  @ApiProperty({ type: String, example: 'UserRenamed' })
  operation_name!: string;
  @ApiProperty({ type: String, description: 'JSON: the target, the fields set, and whether it was applied or denied' })
  variables!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  created_at!: string;
}

export class AuditLogsResponse {
  @ApiProperty({ type: [AuditLogResponse] })
  logs!: AuditLogResponse[];
  @ApiProperty({ type: PaginationResponse })
  pagination!: PaginationResponse;
}

export const auditLogResponse = (entry: AuditEntry): AuditLogResponse => ({
  id: encodeId('AuditLog', entry.eventId),
  user_id: encodeId('User', entry.actorId),
  ip: entry.ip ?? '',
  operation_type: 'MUTATION',
  operation_name: entry.type,
  variables: JSON.stringify({
    user_id: entry.targetId === null ? null : encodeId('User', entry.targetId),
    outcome: entry.outcome,
    ...Object.fromEntries((JSON.parse(entry.changes) as FieldChange[]).map(({ field, after }) => [field, after])),
  }),
  created_at: entry.occurredAt,
});
