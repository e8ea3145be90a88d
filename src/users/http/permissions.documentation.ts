import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { PermissionsDto } from './permissions.dto.js';
import {
  etagHeader,
  idempotencyKey,
  ifMatchHeader,
  ofBodies,
  ofOneUser,
  problem,
  retryAfter,
  waits,
  writeHeaders,
} from './users.documentation.js';

export const DocumentsGetPermissions = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Get the permissions granted to a user', operationId: 'getUserPermissions' }),
    waits,
    ApiResponse({ status: 200, type: PermissionsDto, headers: etagHeader }),
    ...ofOneUser,
  );

export const DocumentsSetPermissions = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Set the permissions of a user',
      operationId: 'setUserPermissions',
      description:
        'These and no others, granted and revoked at once; account admins only. They count on the next request.',
    }),
    ifMatchHeader,
    idempotencyKey,
    ApiResponse({ status: 200, type: PermissionsDto, headers: writeHeaders }),
    ...ofOneUser,
    problem(409, 'Others were changing this user, or this command is running', retryAfter),
    problem(412, 'The user has changed', etagHeader),
    ...ofBodies,
    problem(422, 'The Idempotency-Key was used for another request'),
  );
