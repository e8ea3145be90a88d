import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../event-sourcing/clock.js';
import { firstAccepted } from '../../http/accept.js';
import { Cursors } from '../../http/cursors.js';
import { oneOf, QueryParameters, text } from '../../http/query-parameters.js';
import { RecordAuditReadingCommand } from '../commands/record-audit-reading.handler.js';
import type { AuditFilters } from '../queries/audit-filters.js';
import { type AuditPage, type AuditPlace, FindAuditEventsQuery } from '../queries/find-audit-events.handler.js';
import { type AuditEventResponse, auditEventResponse, type AuditEventsResponse } from './audit-event.response.js';
import { type ExportType, exportFormats, lines } from './audit-export.js';
import { auditLogResponse, type AuditLogsResponse } from './audit-log.response.js';
import { auditFilters, auditLogFilters } from './audit-parameters.js';
import { waitForPosition } from './conditions.js';
import { DocumentsAuditEvents, DocumentsAuditLogs, DocumentsUserHistory } from './audit.documentation.js';
import { actorOf, contextOf, header } from './request-context.js';
import { decodeUserId } from './user-id.js';

const EXPORTED_AT_ONCE = 200;

type Asked = Readonly<{
  endpoint: string;
  filters: AuditFilters;
  descending: boolean;
  limit: number;
  cursor: string | undefined;
  userId?: string;
}>;

/** The audit trail: what was changed, from what to what, by whom; and who was refused. */
@ApiTags('audit')
@ApiBearerAuth()
@Controller('v2')
export class AuditController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
    private readonly clock: Clock,
  ) {}

  @Get('audit-events')
  @DocumentsAuditEvents()
  async events(
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parameters = new QueryParameters(query);
    await this.answer(
      { endpoint: 'audit-events', filters: auditFilters(parameters), ...paging(parameters) },
      request,
      reply,
    );
  }

  @Get('users/:user_id/history')
  @DocumentsUserHistory()
  async history(
    @Param('user_id') id: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const userId = decodeUserId(id);
    const parameters = new QueryParameters(query);
    const filters = auditFilters(parameters, userId);
    await this.answer({ endpoint: 'history', filters, userId, ...paging(parameters) }, request, reply);
  }

  @Get('audit-logs')
  @DocumentsAuditLogs()
  async logs(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest): Promise<AuditLogsResponse> {
    const parameters = new QueryParameters(query);
    const filters = auditLogFilters(parameters, this.clock.now());
    const [limit, cursor] = [parameters.limit(), parameters.one('cursor', text)];
    parameters.check();
    // Queries and subscriptions are no changes; of those there are none.
    const none = { outcome: [] as string[] };
    // Times left out move with the clock, and are no part of what a cursor is bound to.
    const { start_time, end_time, user_id, operation_type } = query;
    const asked: Asked = { endpoint: 'audit-logs', filters: filters ?? none, descending: true, limit, cursor };
    const page = await this.page(asked, request, [start_time, end_time, user_id, operation_type], 'logs');
    return { logs: page.entries.map(auditLogResponse), pagination: page.pagination };
  }

  /** A page of JSON, or the whole result as a stream of lines. */
  private async answer(asked: Asked, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const type = exportType(header(request, 'accept'));
    if (type === undefined) {
      const { entries, pagination } = await this.page(asked, request, [asked.filters, asked.descending], 'json');
      await reply.send({ audit_events: entries.map(auditEventResponse), pagination } satisfies AuditEventsResponse);
      return;
    }
    await this.record(exportFormats[type], asked.filters, request);
    // Asked before the answer begins: what fails later can only cut it off.
    const first = await this.find({ ...asked, limit: EXPORTED_AT_ONCE }, request, undefined);
    void reply.header('content-type', `${type}; charset=utf-8`);
    await reply.send(
      Readable.from(lines(type, this.rest(asked, request, first)), { objectMode: false, highWaterMark: 65_536 }),
    );
  }

  private async *rest(
    asked: Asked,
    request: FastifyRequest,
    first: AuditPage,
  ): AsyncGenerator<readonly AuditEventResponse[]> {
    for (let page = first; ; page = await this.find({ ...asked, limit: EXPORTED_AT_ONCE }, request, page.next)) {
      yield page.entries.map(auditEventResponse);
      if (!page.next) return;
    }
  }

  private async page(asked: Asked, request: FastifyRequest, bound: unknown, format: string) {
    const { accountId } = actorOf(request);
    const scope = { accountId, endpoint: asked.endpoint, filters: [bound, asked.userId ?? null] };
    const [pin, after] = asked.cursor === undefined ? [] : this.cursors.open(scope, asked.cursor).map(BigInt);
    const place = pin === undefined || after === undefined ? undefined : { pin, after };
    // Once a query: its later pages are the same reading.
    if (!place) await this.record(format, asked.filters, request);
    const { entries, next } = await this.find(asked, request, place);
    const cursor = next && this.cursors.seal(scope, [next.pin.toString(), next.after.toString()]);
    return {
      entries,
      pagination: { has_more: next !== undefined, ...(cursor !== undefined && { next_cursor: cursor }) },
    };
  }

  private find({ filters, descending, limit, userId }: Asked, request: FastifyRequest, place: AuditPlace | undefined) {
    const notBefore = waitForPosition(header(request, 'x-wait-for-position'));
    const page = { descending, limit, place };
    return this.queries.execute(new FindAuditEventsQuery(actorOf(request), filters, page, { userId, notBefore }));
  }

  private record(format: string, filters: AuditFilters, request: FastifyRequest): Promise<void> {
    const actor = actorOf(request);
    const said = Object.entries(filters).flatMap(([name, values]) =>
      [values].flat().map((value) => `${name}=${value}`),
    );
    return this.commands.execute(
      new RecordAuditReadingCommand(actor, { format, filters: said }, contextOf(request, actor)),
    );
  }
}

function paging(parameters: QueryParameters): Pick<Asked, 'descending' | 'limit' | 'cursor'> {
  const descending = parameters.one('order', oneOf('desc', 'asc')) !== 'asc';
  const [limit, cursor] = [parameters.limit(), parameters.one('cursor', text)];
  parameters.check();
  return { descending, limit, cursor };
}

/** The media type asked for first, of those that are streams; undefined for JSON. */
function exportType(accept = ''): ExportType | undefined {
  const streams = Object.keys(exportFormats) as ExportType[];
  const first = firstAccepted(accept, [...streams, 'application/json', '*/*']);
  return streams.find((type) => type === first);
}
