import { Body, Controller, Get, Param, Put, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Stored } from '../../event-sourcing/read-model.js';
import { SetPermissionsCommand } from '../commands/set-permissions.handler.js';
import type { Permission } from '../domain/permission.js';
import { RevisionMismatch } from '../domain/user.errors.js';
import type { UserView } from '../projections/user-view.projection.js';
import { GetUserQuery } from '../queries/get-user.handler.js';
import { commandKey, etag, ifMatch, positionToken, waitForPosition } from './conditions.js';
import { PermissionsDto, PermissionsPipe } from './permissions.dto.js';
import { DocumentsGetPermissions, DocumentsSetPermissions } from './permissions.documentation.js';
import { actorOf, contextOf, header } from './request-context.js';
import { decodeUserId } from './user-id.js';

/** What a user may do beyond their role. */
@ApiTags('users')
@ApiBearerAuth()
@Controller('v2/users/:user_id/permissions')
export class PermissionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @DocumentsGetPermissions()
  async get(
    @Param('user_id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PermissionsDto> {
    const notBefore = waitForPosition(header(request, 'x-wait-for-position'));
    const fresh = notBefore === undefined ? {} : { notBefore };
    const user = await this.queries.execute(new GetUserQuery(actorOf(request), decodeUserId(id), fresh));
    reply.header('etag', etag(user.revision));
    return permissionsOf(user);
  }

  @Put()
  @DocumentsSetPermissions()
  @ApiBody({ type: PermissionsDto })
  async set(
    @Param('user_id') id: string,
    @Body(PermissionsPipe) { permissions }: PermissionsDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PermissionsDto> {
    const actor = actorOf(request);
    const condition = header(request, 'if-match');
    const revisions = ifMatch(condition);
    const asked = ['PUT', id, 'permissions', [...permissions].sort(), condition ?? null];
    const key = commandKey(header(request, 'idempotency-key'), actor, asked);
    const userId = decodeUserId(id);
    const wish = { userId, actor, permissions, ...(revisions && { ifMatch: revisions }) };
    const after = await this.commands
      .execute(new SetPermissionsCommand(wish, { ...contextOf(request, actor), ...key }))
      .catch((error: unknown) => {
        if (error instanceof RevisionMismatch) reply.header('etag', etag(error.current));
        throw error;
      });
    const user = await this.queries.execute(new GetUserQuery(actor, userId, { after }));
    reply.headers({ etag: etag(user.revision), 'x-position': positionToken(after.position) });
    return permissionsOf(user);
  }
}

const permissionsOf = ({ permissions }: Stored<UserView>): PermissionsDto => ({
  permissions: JSON.parse(permissions) as Permission[],
});
