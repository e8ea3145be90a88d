import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Position } from '../../event-sourcing/fact.js';
import { ProjectionProgress } from '../../event-sourcing/read-model.js';
import { mayReadAudit } from '../domain/user.policy.js';
import { Authentication } from '../queries/authenticate.js';
import { FindUserEventsQuery, type UserEventsPage } from '../queries/find-user-events.handler.js';
import { bearerKey } from './authentication.hook.js';
import type { EventFrames, FeedFilter } from './event-frames.js';
import { EventStream } from './event-stream.js';
import { type Client, EventStreams } from './event-streams.js';
import { actorOf } from './request-context.js';

/** What a client of the feed asks for. */
export type Asked = Readonly<{
  request: FastifyRequest;
  filter: FeedFilter;
  frames: EventFrames;
  notBefore: Position | undefined;
}>;

/** Read at once while a client catches up. */
const HISTORY_PAGE = 200;

/** Follows the events of an account for one client: all of history after a position, then what happens. */
@Injectable()
export class UserEventFeed {
  constructor(
    private readonly queries: QueryBus,
    private readonly progress: ProjectionProgress,
    private readonly streams: EventStreams,
    private readonly authentication: Authentication,
  ) {}

  /**
   * Resolves once the client is live, or gone.
   *
   * @throws Overloaded | NotCaughtUp before anything was sent; what fails later can only cut the stream off
   */
  async follow(reply: FastifyReply, asked: Asked, after: Position): Promise<void> {
    const first = await this.page(asked, after);
    const client = this.client(reply, asked);
    // One that left while its first page was read would never be heard of again, and stay for ever.
    if (!client.stream.open) return;
    this.streams.admit(client);
    reply.raw.on('close', () => {
      this.streams.leave(client);
    });
    begin(reply);
    try {
      await this.catchUp(client, asked, first);
    } catch {
      this.streams.leave(client);
      client.stream.end();
    }
  }

  /** From the look at how far the read model is to going live nothing else happens: a commit comes before it or after. */
  private async catchUp(client: Client, asked: Asked, first: UserEventsPage): Promise<void> {
    const { frames } = asked;
    await client.stream.send(frames.beginning());
    for (let page = first; ; page = await this.page(asked, page.position)) {
      if (!(await client.stream.send(frames.events(page.entries)))) return;
      if (page.more || page.position < this.progress.position) continue;
      client.stream.push(frames.caughtUp(page.position));
      this.streams.goLive(client, frames, page.position);
      return;
    }
  }

  private client(reply: FastifyReply, { request, filter }: Asked): Client {
    const key = bearerKey(request) ?? '';
    const { userId, apiKeyId } = actorOf(request);
    return {
      stream: new EventStream(reply.raw),
      ...{ filter, userId, apiKeyId },
      mayStay: async () => {
        const principal = await this.authentication.principal(key);
        return principal !== undefined && principal.mayUseApi && mayReadAudit(principal.actor);
      },
    };
  }

  private page({ request, filter, notBefore }: Asked, after: Position): Promise<UserEventsPage> {
    const page = { after, limit: HISTORY_PAGE };
    return this.queries.execute(new FindUserEventsQuery(actorOf(request), filter.types, page, notBefore));
  }
}

/** Takes the answer out of the framework's hands: it has no end that could be waited for. */
function begin(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would gather what is to arrive at once.
    'x-accel-buffering': 'no',
  });
  reply.raw.flushHeaders();
}
