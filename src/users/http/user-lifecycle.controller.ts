import { Body, Controller, Delete, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../event-sourcing/clock.js';
import { CreateUserCommand } from '../commands/create-user.handler.js';
import { RemoveUserCommand } from '../commands/remove-user.handler.js';
import { ResendInvitationCommand } from '../commands/resend-invitation.handler.js';
import { GetUserQuery } from '../queries/get-user.handler.js';
import { SettleQuery } from '../queries/settle.handler.js';
import { commandKey, etag, positionToken } from './conditions.js';
import { CreateUserDto } from './create-user.dto.js';
import { CreateUserPipe } from './create-user.pipe.js';
import { actorOf, contextOf, header } from './request-context.js';
import { storedRole } from './role.js';
import { decodeUserId } from './user-id.js';
import { DocumentsCreateUser, DocumentsRemoveUser, DocumentsResendInvitation } from './user-lifecycle.documentation.js';
import { type CreatedUserResponse, userResponse, type UserResponse } from './user.response.js';

/** How users come and go. */
@ApiTags('users')
@ApiBearerAuth()
@Controller('v2/users')
export class UserLifecycleController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly clock: Clock,
  ) {}

  @Post()
  @DocumentsCreateUser()
  @ApiBody({ type: CreateUserDto })
  async create(
    @Body(CreateUserPipe)
    { name, email, role: given, invite_mode: inviteMode, is_developer: isDeveloper }: CreateUserDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserResponse | CreatedUserResponse> {
    const actor = actorOf(request);
    const role = storedRole(given);
    const asked = ['POST', 'users', name, email, role, inviteMode, isDeveloper ?? null];
    const key = commandKey(header(request, 'idempotency-key'), actor, asked);
    const wish = { actor, name, email, role, inviteMode, ...(isDeveloper !== undefined && { isDeveloper }) };
    const after = await this.commands.execute(new CreateUserCommand(wish, { ...contextOf(request, actor), ...key }));
    const user = await this.queries.execute(new GetUserQuery(actor, after.subject, { after, made: true }));
    const answer = userResponse(user, this.clock.now());
    reply.headers({ etag: etag(user.revision), 'x-position': positionToken(after.position) });
    if (!after.changed) {
      reply.code(200);
      return answer;
    }
    reply.header('location', `/v2/users/${encodeURIComponent(answer.id)}`);
    return Object.assign(answer, {
      invite_mode: user.state === 'active' ? ('none' as const) : ('email_link' as const),
    });
  }

  @Delete(':user_id')
  @HttpCode(204)
  @DocumentsRemoveUser()
  async remove(
    @Param('user_id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const actor = actorOf(request);
    const key = commandKey(header(request, 'idempotency-key'), actor, ['DELETE', id]);
    const wish = { userId: decodeUserId(id), actor };
    const after = await this.commands.execute(new RemoveUserCommand(wish, { ...contextOf(request, actor), ...key }));
    await this.queries.execute(new SettleQuery(after));
    reply.header('x-position', positionToken(after.position));
  }

  @Post(':user_id/resend-invitation')
  @HttpCode(204)
  @DocumentsResendInvitation()
  async resend(
    @Param('user_id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const actor = actorOf(request);
    const key = commandKey(header(request, 'idempotency-key'), actor, ['POST', id, 'resend-invitation']);
    const wish = { userId: decodeUserId(id), actor };
    const context = { ...contextOf(request, actor), ...key };
    const after = await this.commands.execute(new ResendInvitationCommand(wish, context));
    await this.queries.execute(new SettleQuery(after));
    reply.header('x-position', positionToken(after.position));
  }
}
