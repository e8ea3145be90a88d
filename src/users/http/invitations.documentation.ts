import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { UserResponse } from './user.response.js';
import { ofBodies, problem, retryAfter, writeHeaders } from './users.documentation.js';

export const DocumentsAcceptInvitation = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Accept an invitation',
      operationId: 'acceptInvitation',
      description: 'Without an API key. A token is good once, until it lapses or another takes its place.',
    }),
    ApiResponse({ status: 200, type: UserResponse, description: 'The user, active', headers: writeHeaders }),
    problem(400, 'Not as documented'),
    problem(404, 'No such invitation, or no longer'),
    problem(409, 'Others were changing this user', retryAfter),
    ...ofBodies,
    problem(500, 'Internal error'),
    problem(503, 'Try again', retryAfter),
  );
