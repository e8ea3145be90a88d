import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Position } from '../../event-sourcing/fact.js';
import { firstAccepted } from '../../http/accept.js';
import { Cursors } from '../../http/cursors.js';
import { oneOf, QueryParameters, text } from '../../http/query-parameters.js';
import { AuditNotReadable } from '../domain/user.errors.js';
import { mayReadAudit } from '../domain/user.policy.js';
import { FEED_TYPES, FindUserEventsQuery } from '../queries/find-user-events.handler.js';
import { waitForPosition } from './conditions.js';
import { EventFrames } from './event-frames.js';
import { actorOf, header } from './request-context.js';
import { type Asked, UserEventFeed } from './user-event-feed.js';
import { userEventResponse, type UserEventsResponse } from './user-event.response.js';
import { DocumentsUserEvents } from './user-events.documentation.js';

/** The events of an account's users, as they happened: a page at a time, or as a stream that goes on. */
@ApiTags('user events')
@ApiBearerAuth()
@Controller('v2/user-events')
export class UserEventsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly feed: UserEventFeed,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @DocumentsUserEvents()
  async events(
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const actor = actorOf(request);
    const parameters = new QueryParameters(query);
    const types = parameters.list('type', oneOf(...FEED_TYPES));
    const [limit, after] = [parameters.limit(), parameters.one('after', text)];
    parameters.check();
    if (!mayReadAudit(actor)) throw new AuditNotReadable();
    const filter = { accountId: actor.accountId, types: types && [...new Set(types)].sort() };
    const frames = new EventFrames(filter, this.cursors);
    const notBefore = waitForPosition(header(request, 'x-wait-for-position'));
    const asked = { request, filter, frames, notBefore };
    // A client that comes back says where it was; that counts more than where it was told to begin.
    const last = header(request, 'last-event-id');
    if (!wantsStream(request)) await reply.send(await this.page(asked, placeIn(frames, 'after', after), limit));
    else if (last) await this.feed.follow(reply, asked, placeIn(frames, 'Last-Event-ID', last));
    else await this.feed.follow(reply, asked, placeIn(frames, 'after', after));
  }

  private async page({ request, filter, frames, notBefore }: Asked, after: Position, limit: number) {
    const query = new FindUserEventsQuery(actorOf(request), filter.types, { after, limit }, notBefore);
    const { entries, position, more } = await this.queries.execute(query);
    return {
      events: entries.map(userEventResponse),
      pagination: { has_more: more, next_cursor: frames.cursor(position) },
    } satisfies UserEventsResponse;
  }
}

/** A HEAD request is about the page: a stream without a body would be open for nothing. */
const wantsStream = (request: FastifyRequest): boolean =>
  request.method === 'GET' &&
  firstAccepted(header(request, 'accept') ?? '', ['application/json', 'text/event-stream', '*/*']) ===
    'text/event-stream';

const placeIn = (frames: EventFrames, field: string, cursor: string | undefined): Position =>
  cursor === undefined ? 0n : frames.open(cursor, field);
