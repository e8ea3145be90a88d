import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../event-sourcing/clock.js';
import { AcceptInvitationCommand } from '../commands/accept-invitation.handler.js';
import { hashToken } from '../domain/invitation.js';
import { FindInvitedUserQuery } from '../queries/find-invited-user.handler.js';
import { GetUserQuery } from '../queries/get-user.handler.js';
import { AcceptInvitationDto, AcceptInvitationPipe } from './accept-invitation.dto.js';
import { etag, positionToken } from './conditions.js';
import { DocumentsAcceptInvitation } from './invitations.documentation.js';
import { contextOf } from './request-context.js';
import { type UserResponse, userResponse } from './user.response.js';

/** Where invited users come in: without an API key, with the token that was sent to them. */
@ApiTags('invitations')
@Controller('v2/invitations')
export class InvitationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly clock: Clock,
  ) {}

  @Post('accept')
  @HttpCode(200)
  @DocumentsAcceptInvitation()
  @ApiBody({ type: AcceptInvitationDto })
  async accept(
    @Body(AcceptInvitationPipe) { token }: AcceptInvitationDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserResponse> {
    const tokenHash = hashToken(token);
    const { userId, accountId, name, role } = await this.queries.execute(new FindInvitedUserQuery(tokenHash));
    const self = { userId, accountId, name, role };
    const context = contextOf(request, { ...self, apiKeyId: null });
    const after = await this.commands.execute(new AcceptInvitationCommand(userId, tokenHash, context));
    const actor = { ...self, permissions: [], apiKeyId: '' };
    const user = await this.queries.execute(new GetUserQuery(actor, userId, { after, made: true }));
    reply.headers({ etag: etag(user.revision), 'x-position': positionToken(after.position) });
    return userResponse(user, this.clock.now());
  }
}
