import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { ProblemResponse } from '../../http/problem.response.js';
import { UserResponse, UsersResponse } from './user.response.js';

export const etagHeader = {
  ETag: { description: "The revision of the user's stream", schema: { type: 'string' as const } },
};
export const retryAfter = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' as const } } };

export const problem = (status: number, description: string, headers = {}) =>
  ApiResponse({
    status,
    description,
    headers,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemResponse' } } },
  });

const userIdParameter = ApiParam({
  name: 'user_id',
  description: 'As the API gives it: base64 of User:<ULID>',
  type: String,
});
export const common = [
  problem(400, 'Not as documented'),
  problem(401, 'No valid API key'),
  problem(403, 'Not allowed'),
  problem(500, 'Internal error'),
  problem(503, 'Try again', retryAfter),
];
export const ofOneUser = [userIdParameter, problem(404, 'No such user in this account'), ...common];

export const waits = ApiHeader({
  name: 'X-Wait-For-Position',
  required: false,
  description: 'An X-Position: the answer includes that write',
});
export const ifMatchHeader = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'Apply only at this revision',
});
export const idempotencyKey = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description: 'The same key and request are carried out once',
});
export const positionHeader = {
  'X-Position': { description: 'For X-Wait-For-Position', schema: { type: 'string' as const } },
};
export const writeHeaders = { ...etagHeader, ...positionHeader };
export const ofBodies = [
  problem(413, 'The body is larger than 16 KiB'),
  problem(415, 'The body is not application/json'),
];
const asOf = ApiQuery({
  name: 'as_of',
  required: false,
  description: 'As it was at that time (RFC 3339)',
  schema: { type: 'string', format: 'date-time' },
});

export const DocumentsListUsers = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'List users, oldest first', operationId: 'listUsers' }),
    ApiQuery({ name: 'email', required: false, type: String, description: 'Part of the e-mail, in any case' }),
    ApiQuery({ name: 'status', required: false, isArray: true, enum: ['active', 'invited', 'expired'] }),
    ApiQuery({ name: 'is_developer', required: false, type: Boolean }),
    asOf,
    ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } }),
    ApiQuery({ name: 'cursor', required: false, type: String, description: 'The next_cursor of the page before' }),
    waits,
    ApiResponse({ status: 200, type: UsersResponse }),
    ...common,
  );

export const DocumentsGetUser = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Get a user', operationId: 'getUser' }),
    asOf,
    waits,
    ApiResponse({ status: 200, type: UserResponse, headers: etagHeader }),
    ...ofOneUser,
  );

export const DocumentsUpdateUser = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Update a user',
      operationId: 'updateUser',
      description: 'Display name, developer permission, or both at once.',
    }),
    ifMatchHeader,
    idempotencyKey,
    ApiResponse({
      status: 200,
      type: UserResponse,
      headers: writeHeaders,
    }),
    ...ofOneUser,
    problem(409, 'Others were changing this user, or this command is running', retryAfter),
    problem(412, 'The user has changed', etagHeader),
    ...ofBodies,
    problem(422, 'The Idempotency-Key was used for another request'),
  );

export const documentedModels = [ProblemResponse];
