import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { ApiKeysResponse, CreatedApiKeyResponse } from './api-key.response.js';
import { problem } from './users.documentation.js';

const retryAfter = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' as const } } };
const position = { 'X-Position': { description: 'For X-Wait-For-Position', schema: { type: 'string' as const } } };
const idempotencyKey = (description: string) => ApiHeader({ name: 'Idempotency-Key', required: false, description });

const always = [
  problem(400, 'Not as documented'),
  problem(401, 'No valid API key'),
  problem(500, 'Internal error'),
  problem(503, 'Try again', retryAfter),
];

export const DocumentsListApiKeys = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'List API keys, oldest first',
      operationId: 'listApiKeys',
      description:
        'The own ones; as account admin, all of the account. Revoked ones are left out, expired ones are not.',
    }),
    ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } }),
    ApiQuery({ name: 'cursor', required: false, type: String, description: 'The next_cursor of the page before' }),
    ApiHeader({
      name: 'X-Wait-For-Position',
      required: false,
      description: 'An X-Position: the answer includes that write',
    }),
    ApiResponse({ status: 200, type: ApiKeysResponse }),
    ...always,
    problem(403, 'No developer permission'),
  );

export const DocumentsCreateApiKey = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Make an API key',
      operationId: 'createApiKey',
      description: 'For oneself; as account admin, for any user of the account. The key is shown in this answer alone.',
    }),
    idempotencyKey('The same key and request make one API key, and show it again to who sends them with the same key'),
    ApiResponse({ status: 201, type: CreatedApiKeyResponse, headers: position }),
    ...always,
    problem(403, "No developer permission, or another user's key is not the caller's to make"),
    problem(404, 'No such user in this account'),
    problem(409, 'This command is running, or its key cannot be shown again', retryAfter),
    problem(413, 'The body is larger than 16 KiB'),
    problem(415, 'The body is not application/json'),
    problem(422, 'The Idempotency-Key was used for another request'),
  );

export const DocumentsRevokeApiKey = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Revoke an API key',
      operationId: 'revokeApiKey',
      description: 'Own keys; as account admin, any of the account. It is refused from the next request on.',
    }),
    ApiParam({ name: 'api_key_id', description: 'As the API gives it: base64 of ApiKey:<ULID>', type: String }),
    idempotencyKey('The same key and request are carried out once'),
    ApiResponse({ status: 204, description: 'It is revoked, now or before', headers: position }),
    ...always,
    problem(403, "No developer permission, or the key is another user's"),
    problem(404, 'No such API key in this account'),
    problem(409, 'Others were changing this key, or this command is running', retryAfter),
    problem(422, 'The Idempotency-Key was used for another request'),
  );
