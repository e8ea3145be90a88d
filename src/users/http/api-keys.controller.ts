import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Cursors } from '../../http/cursors.js';
import { QueryParameters, text, time } from '../../http/query-parameters.js';
import { IssueApiKeyCommand } from '../commands/issue-api-key.handler.js';
import { RevokeApiKeyCommand } from '../commands/revoke-api-key.handler.js';
import { managesAllKeys } from '../domain/api-key.policy.js';
import { ApiKeyChanges } from '../queries/api-key-changes.js';
import { IssuedApiKeyQuery } from '../queries/issued-api-key.handler.js';
import { ListApiKeysQuery } from '../queries/list-api-keys.handler.js';
import {
  apiKeyResponse,
  type ApiKeysResponse,
  createdApiKeyResponse,
  type CreatedApiKeyResponse,
} from './api-key.response.js';
import { DocumentsCreateApiKey, DocumentsListApiKeys, DocumentsRevokeApiKey } from './api-keys.documentation.js';
import { bearerKey } from './authentication.hook.js';
import { commandKey, positionToken, waitForPosition } from './conditions.js';
import { CreateApiKeyDto } from './create-api-key.dto.js';
import { CreateApiKeyPipe } from './create-api-key.pipe.js';
import { actorOf, contextOf, header } from './request-context.js';
import { decodeApiKeyId, decodeUserId } from './user-id.js';

/** API keys: the caller's own, and as account admin everybody's. */
@ApiTags('api-keys')
@ApiBearerAuth()
@Controller('v2/api-keys')
export class ApiKeysController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
    private readonly changes: ApiKeyChanges,
  ) {}

  @Get()
  @DocumentsListApiKeys()
  async list(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest): Promise<ApiKeysResponse> {
    const parameters = new QueryParameters(query);
    const [limit, cursor] = [parameters.limit(), parameters.one('cursor', text)];
    parameters.check();
    const actor = actorOf(request);
    const owner = managesAllKeys(actor) ? null : actor.userId;
    const scope = { accountId: actor.accountId, endpoint: 'api-keys', filters: { owner } };
    const [createdAt, apiKeyId] = cursor === undefined ? [] : this.cursors.open(scope, cursor);
    const place = createdAt === undefined || apiKeyId === undefined ? undefined : { createdAt, apiKeyId };
    const notBefore = waitForPosition(header(request, 'x-wait-for-position'));
    const { keys, next } = await this.queries.execute(new ListApiKeysQuery(actor, { limit, place }, notBefore));
    return {
      api_keys: keys.map(apiKeyResponse),
      pagination: {
        has_more: next !== undefined,
        ...(next && { next_cursor: this.cursors.seal(scope, [next.createdAt, next.apiKeyId]) }),
      },
    };
  }

  @Post()
  @DocumentsCreateApiKey()
  @ApiBody({ type: CreateApiKeyDto })
  async create(
    @Body(CreateApiKeyPipe) body: CreateApiKeyDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedApiKeyResponse> {
    const actor = actorOf(request);
    const { name, user_id, expires_at } = body;
    const asked = ['POST', 'api-keys', name, user_id ?? null, expires_at ?? null];
    const chosen = commandKey(header(request, 'idempotency-key'), actor, asked);
    const userId = user_id === undefined ? actor.userId : decodeUserId(user_id);
    const wish = { actor, userId, name, ...(expires_at !== undefined && { expiresAt: time(expires_at) }) };
    const context = { ...contextOf(request, actor), ...chosen };
    const command = new IssueApiKeyCommand(wish, bearerKey(request) ?? '', context);
    const { apiKeyId, apiKey, committed } = await this.commands.execute(command);
    const key = await this.queries.execute(new IssuedApiKeyQuery(apiKeyId, apiKey, committed));
    // Shown once: no cache on the way is to show it again.
    reply.headers({ 'x-position': positionToken(committed.position), 'cache-control': 'no-store' });
    return createdApiKeyResponse(key, apiKey);
  }

  @Delete(':api_key_id')
  @HttpCode(204)
  @DocumentsRevokeApiKey()
  async revoke(
    @Param('api_key_id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const actor = actorOf(request);
    const chosen = commandKey(header(request, 'idempotency-key'), actor, ['DELETE', 'api-keys', id]);
    const wish = { apiKeyId: decodeApiKeyId(id), actor };
    const committed = await this.commands.execute(
      new RevokeApiKeyCommand(wish, { ...contextOf(request, actor), ...chosen }),
    );
    await this.changes.inEffect(committed);
    reply.header('x-position', positionToken(committed.position));
  }
}
