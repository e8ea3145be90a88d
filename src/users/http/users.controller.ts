import { Body, Controller, Get, Param, Patch, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../event-sourcing/clock.js';
import { Cursors } from '../../http/cursors.js';
import { QueryParameters, text, time } from '../../http/query-parameters.js';
import { UpdateUserCommand } from '../commands/update-user.handler.js';
import { RevisionMismatch } from '../domain/user.errors.js';
import { GetUserQuery } from '../queries/get-user.handler.js';
import { ListUsersQuery } from '../queries/list-users.handler.js';
import { userFilters } from './audit-parameters.js';
import { commandKey, etag, ifMatch, positionToken, waitForPosition } from './conditions.js';
import { actorOf, contextOf, header } from './request-context.js';
import { DocumentsGetUser, DocumentsListUsers, DocumentsUpdateUser } from './users.documentation.js';
import { UpdateUserDto } from './update-user.dto.js';
import { UpdateUserPipe } from './update-user.pipe.js';
import { decodeUserId } from './user-id.js';
import { type UserResponse, userResponse, type UsersResponse } from './user.response.js';

/** Users as they are read, listed and changed; how they come and go is in user-lifecycle.controller.ts. */
@ApiTags('users')
@ApiBearerAuth()
@Controller('v2/users')
export class UsersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly clock: Clock,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @DocumentsListUsers()
  async list(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest): Promise<UsersResponse> {
    const parameters = new QueryParameters(query);
    const filters = userFilters(parameters);
    const [limit, cursor] = [parameters.limit(), parameters.one('cursor', text)];
    parameters.check();
    const actor = actorOf(request);
    const scope = { accountId: actor.accountId, endpoint: 'users', filters };
    const [createdAt, userId, now] = cursor === undefined ? [] : this.cursors.open(scope, cursor);
    const place =
      createdAt === undefined || userId === undefined || now === undefined ? undefined : { createdAt, userId, now };
    const notBefore = waitForPosition(header(request, 'x-wait-for-position'));
    const page = await this.queries.execute(new ListUsersQuery(actor, filters, { limit, place }, notBefore));
    const { next } = page;
    return {
      users: page.users.map((user) => userResponse(user, page.now)),
      pagination: {
        has_more: next !== undefined,
        ...(next && { next_cursor: this.cursors.seal(scope, [next.createdAt, next.userId, next.now]) }),
      },
    };
  }

  @Get(':user_id')
  @DocumentsGetUser()
  async get(
    @Param('user_id') id: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserResponse> {
    const notBefore = waitForPosition(header(request, 'x-wait-for-position'));
    const parameters = new QueryParameters(query);
    const asOf = parameters.one('as_of', time);
    parameters.check();
    const fresh = { ...(notBefore !== undefined && { notBefore }), ...(asOf !== undefined && { asOf }) };
    const user = await this.queries.execute(new GetUserQuery(actorOf(request), decodeUserId(id), fresh));
    reply.header('etag', etag(user.revision));
    return userResponse(user, asOf === undefined ? this.clock.now() : new Date(asOf));
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
    const userId = decodeUserId(id);
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
