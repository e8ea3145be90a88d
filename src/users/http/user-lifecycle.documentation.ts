import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { CreatedUserResponse, UserResponse } from './user.response.js';
import {
  common,
  idempotencyKey,
  ofBodies,
  ofOneUser,
  positionHeader,
  problem,
  retryAfter,
  writeHeaders,
} from './users.documentation.js';

const location = { Location: { description: 'Where the user is', schema: { type: 'string' as const } } };
const reused = 'The Idempotency-Key was used for another request';

export const DocumentsCreateUser = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(CreatedUserResponse),
    ApiOperation({
      summary: 'Create or invite a user',
      operationId: 'createUser',
      description: 'With invite_mode email_link a link is mailed; the user is active once they accept.',
    }),
    idempotencyKey,
    ApiResponse({
      status: 201,
      type: CreatedUserResponse,
      description: 'Created, or invited anew after the former invitation had lapsed',
      headers: { ...writeHeaders, ...location },
    }),
    ApiResponse({
      status: 200,
      type: UserResponse,
      description: 'Invited already; nothing was changed',
      headers: writeHeaders,
    }),
    ...common,
    problem(409, 'The e-mail is that of an active or removed user, or this command is running'),
    ...ofBodies,
    problem(422, `A custom role, or temporary_password; ${reused}`),
  );

export const DocumentsRemoveUser = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Remove a user',
      operationId: 'deleteUser',
      description: 'For good: their keys stop working, their e-mail stays taken. Asked again, the answer is the same.',
    }),
    idempotencyKey,
    ApiResponse({ status: 204, description: 'Removed', headers: positionHeader }),
    ...ofOneUser,
    problem(409, 'Others were changing this user, or this command is running', retryAfter),
    problem(422, `Oneself, or the last active admin; ${reused}`),
  );

export const DocumentsResendInvitation = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Send an invitation again',
      operationId: 'resendInvitation',
      description: 'A new link, good from now on; the former is void. 400 for a user who is active.',
    }),
    idempotencyKey,
    ApiResponse({ status: 204, description: 'It is on its way', headers: positionHeader }),
    ...ofOneUser,
    problem(409, 'Others were changing this user, or this command is running', retryAfter),
    problem(422, reused),
  );
