import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Param, Patch, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../event-sourcing/clock.js';
import type { Context } from '../../event-sourcing/fact.js';
import { UpdateUserCommand } from '../commands/update-user.handler.js';
import type { Actor } from '../domain/actor.js';
import { RevisionMismatch } from '../domain/user.errors.js';
import { GetUserQuery } from '../queries/get-user.handler.js';
import { Unauthenticated } from './authentication.hook.js';
import { commandKey, etag, ifMatch, positionToken, waitForPosition } from './conditions.js';
import { DocumentsGetUser, DocumentsUpdateUser } from './users.documentation.js';
import { UpdateUserDto } from './update-user.dto.js';
import { UpdateUserPipe } from './update-user.pipe.js';
import { decodeUserId } from './user-id.js';
import { type UserResponse, userResponse } from './user.response.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('v2/users')
export class UsersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly clock: Clock,
  ) {}

  @Get(':user_id')
  @DocumentsGetUser()
  async get(
    @Param('user_id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserResponse> {
    const notBefore = waitForPosition(header(request, 'x-wait-for-position'));
    const actor = actorOf(request);
    const query = new GetUserQuery(actor, decodeUserId(id, actor), notBefore === undefined ? {} : { notBefore });
    const user = await this.queries.execute(query);
    reply.header('etag', etag(user.revision));
    return userResponse(user, this.clock.now());
  }

  @Patch(':user_id')
  @DocumentsUpdateUser()
  @ApiBody({ type: UpdateUserDto })
  async update(
    @Param('user_id') id: string,
    @Body(UpdateUserPipe) body: UpdateUserDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserResponse> {
    const actor = actorOf(request);
    const { name, is_developer: isDeveloper } = body;
    const condition = header(request, 'if-match');
    const revisions = ifMatch(condition);
    const key = commandKey(header(request, 'idempotency-key'), actor, [
      'PATCH',
      id,
      name ?? null,
      isDeveloper ?? null,
      condition ?? null,
    ]);
    const userId = decodeUserId(id, actor);
    const wish = {
      ...{ userId, actor },
      ...(name !== undefined && { name }),
      ...(isDeveloper !== undefined && { isDeveloper }),
      ...(revisions && { ifMatch: revisions }),
    };
    const after = await this.commands
      .execute(new UpdateUserCommand(wish, { ...contextOf(request, actor), ...key }))
      .catch((error: unknown) => {
        if (error instanceof RevisionMismatch) reply.header('etag', etag(error.current));
        throw error;
      });
    const user = await this.queries.execute(new GetUserQuery(actor, userId, { after }));
    reply.headers({ etag: etag(user.revision), 'x-position': positionToken(after.position) });
    return userResponse(user, this.clock.now());
  }
}

/** @throws Unauthenticated: a route that asks for no key must not ask who is calling */
function actorOf(request: FastifyRequest): Actor {
  if (!request.principal) throw new Unauthenticated();
  return request.principal.actor;
}

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
};

const contextOf = (request: FastifyRequest, actor: Actor): Omit<Context, 'rule'> => ({
  accountId: actor.accountId,
  actor: { userId: actor.userId, name: actor.name, role: actor.role, apiKeyId: actor.apiKeyId },
  requestId: request.id,
  ip: request.ip,
  userAgent: request.headers['user-agent']?.slice(0, 256) ?? null,
  commandId: randomUUID(),
});
