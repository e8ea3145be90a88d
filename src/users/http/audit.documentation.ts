import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { AuditEventsResponse } from './audit-event.response.js';
import { AuditLogsResponse } from './audit-log.response.js';
import { problem } from './users.documentation.js';

const parameter = (name: string, description: string, schema: object = {}) =>
  ApiQuery({ name, required: false, description, schema: { type: 'string', ...schema } });
const repeatable = (name: string, description: string) =>
  ApiQuery({ name, required: false, isArray: true, type: String, description: `${description}; repeatable` });

const page = [
  parameter('limit', 'Items on a page', { type: 'integer', minimum: 1, maximum: 100, default: 50 }),
  parameter('cursor', 'The next_cursor of the page before, with the same filters'),
];
const time = { format: 'date-time' };

const filters = [
  repeatable('actor_id', 'Who did it'),
  repeatable('api_key_id', 'With which key'),
  repeatable('type', 'Event type, such as UserRenamed'),
  repeatable('outcome', 'applied or denied'),
  repeatable('field', 'A changed field, such as is_developer'),
  repeatable('before', 'What a changed field was, as text'),
  repeatable('after', 'What a changed field became, as text'),
  repeatable('ip', 'From which address'),
  repeatable('request_id', 'In which request'),
  parameter('from', 'Earliest time, inclusive', time),
  parameter('to', 'Latest time, exclusive', time),
  parameter('order', 'Along the log, or against it', { enum: ['desc', 'asc'], default: 'desc' }),
  ...page,
];

const problems = [
  problem(400, 'Not as documented'),
  problem(401, 'No valid API key'),
  problem(403, 'Neither account admin nor AUDIT_READ'),
  problem(500, 'Internal error'),
  problem(503, 'Try again'),
];

const wait = ApiHeader({
  name: 'X-Wait-For-Position',
  required: false,
  description: 'An X-Position: the answer includes that write',
});

const trail = ApiResponse({
  status: 200,
  description: 'A page as JSON; the whole result with Accept: text/csv or application/x-ndjson',
  content: {
    'application/json': { schema: { $ref: '#/components/schemas/AuditEventsResponse' } },
    'application/x-ndjson': { schema: { type: 'string' } },
    'text/csv': { schema: { type: 'string' } },
  },
});

export const DocumentsAuditEvents = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Search the audit trail', operationId: 'listAuditEvents' }),
    repeatable('target_id', 'To whom'),
    ...filters,
    wait,
    trail,
    ...problems,
  );

export const DocumentsUserHistory = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: "Search one user's history", operationId: 'getUserHistory' }),
    ApiParam({ name: 'user_id', description: 'As the API gives it: base64 of User:<ULID>', type: String }),
    ...filters,
    wait,
    trail,
    ...problems,
    problem(404, 'No such user in this account'),
  );

export const DocumentsAuditLogs = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: "List the audit trail in the shape of Arize's audit log", operationId: 'listAuditLogs' }),
    parameter('start_time', 'Earliest time, inclusive; 30 days before end_time by default', time),
    parameter('end_time', 'Latest time, inclusive; now by default', time),
    parameter('user_id', 'Who did it'),
    parameter('operation_type', 'Every change is a MUTATION', { enum: ['QUERY', 'MUTATION', 'SUBSCRIPTION'] }),
    ...page,
    wait,
    ApiResponse({ status: 200, type: AuditLogsResponse }),
    ...problems,
  );

export const auditModels = [AuditEventsResponse, AuditLogsResponse];
