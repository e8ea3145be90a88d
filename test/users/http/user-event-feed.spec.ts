import type { QueryBus } from '@nestjs/cqrs';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventFrames } from '../../../src/users/http/event-frames.js';
import { EventStreams } from '../../../src/users/http/event-streams.js';
import { UserEventFeed } from '../../../src/users/http/user-event-feed.js';
import { userView } from '../../../src/users/projections/user-view.projection.js';
import type { Authentication } from '../../../src/users/queries/authenticate.js';
import type { FindUserEventsQuery, UserEventsPage } from '../../../src/users/queries/find-user-events.handler.js';
import { admin, holding, member } from '../../support/examples.js';
import { cursors, entry, FakeProgress, FakeResponse } from '../../support/feed.js';

const filter = { accountId: 'A', types: undefined };
const frames = new EventFrames(filter, cursors);
const auditor = holding(member, 'AUDIT_READ');
let progress: FakeProgress;
let streams: EventStreams;
let response: FakeResponse;
let asked: bigint[];
/** What happens while a page is read, after its rows were found. */
let meanwhile: ((page: number) => void) | undefined;
let pages: UserEventsPage[];
let principal: unknown;

beforeEach(() => {
  [progress, response, asked, pages] = [new FakeProgress(), new FakeResponse(), [], []];
  streams = new EventStreams(progress);
  meanwhile = undefined;
  principal = { mayUseApi: true, actor: auditor };
});
afterEach(() => {
  streams.end();
});

const page = (position: bigint, ...positions: bigint[]): UserEventsPage => ({
  entries: positions.map((each) => entry(each)),
  position,
  more: false,
});

function follow(): Promise<void> {
  const execute = async ({ page: { after } }: FindUserEventsQuery): Promise<UserEventsPage> => {
    asked.push(after);
    const next = pages[asked.length - 1];
    await Promise.resolve();
    meanwhile?.(asked.length);
    if (!next) throw new Error('no database');
    return next;
  };
  const authentication = { principal: () => Promise.resolve(principal) } as unknown as Authentication;
  const feed = new UserEventFeed({ execute } as unknown as QueryBus, progress, streams, authentication);
  const request = { headers: { authorization: 'Bearer x' }, principal: { actor: admin } } as unknown as FastifyRequest;
  const reply = { raw: response, hijack: () => undefined, getHeaders: () => ({}) } as unknown as FastifyReply;
  return feed.follow(reply, { request, filter, frames, notBefore: undefined }, 0n);
}
const told = (): string[] =>
  response.read.events.map(({ type, data }) => (type === 'caught-up' ? type : (JSON.parse(data) as { id: string }).id));

it('sends history, says once that it is through, and goes on with what happens', async () => {
  progress.position = 3n;
  pages = [page(3n, 1n, 3n)];
  await follow();
  progress.happened(entry(4n));
  expect(told()).toEqual(['E1', 'E3', 'caught-up', 'E4']);
  expect(response.read.retry).toBeGreaterThan(0);
});

it('reads on for what was committed while it read: told once, before it says that history is through', async () => {
  progress.position = 1n;
  pages = [page(1n, 1n), page(2n, 2n)];
  meanwhile = (number) => {
    if (number === 1) progress.happened(entry(2n));
  };
  await follow();
  expect(asked).toEqual([0n, 1n]);
  expect(told()).toEqual(['E1', 'E2', 'caught-up']);
});

it('forgets a client that left while its first page was read', async () => {
  pages = [page(0n)];
  meanwhile = () => {
    response.destroy();
  };
  await follow();
  expect(streams.size).toEqual({ all: 0, live: 0 });
});

it('forgets a client that leaves while history is sent, and one that leaves later', async () => {
  progress.position = 2n;
  pages = [{ ...page(1n, 1n), more: true }, page(2n, 2n)];
  meanwhile = (number) => {
    if (number === 2) response.destroy();
  };
  await follow();
  expect([streams.size, told()]).toEqual([{ all: 0, live: 0 }, ['E1']]);
  [response, asked, meanwhile] = [new FakeResponse(), [], undefined];
  await follow();
  expect(streams.size).toEqual({ all: 1, live: 1 });
  response.destroy();
  expect(streams.size).toEqual({ all: 0, live: 0 });
});

it('cuts a stream off where history cannot be read on; before anything was sent it says why', async () => {
  progress.position = 2n;
  pages = [{ ...page(1n, 1n), more: true }];
  await follow();
  expect([told(), response.writableEnded, streams.size.all]).toEqual([['E1'], true, 0]);
  [pages, asked] = [[], []];
  await expect(follow()).rejects.toThrow('no database');
});

it.each([
  ['without AUDIT_READ', { mayUseApi: true, actor: member }],
  ['without leave to use the API', { mayUseApi: false, actor: auditor }],
  ['whose key is no more', undefined],
])('sends a client away %s', async (_what, now) => {
  pages = [page(0n)];
  await follow();
  principal = now;
  progress.commit(userView.name, { [admin.userId]: {} });
  await new Promise(setImmediate);
  expect([response.writableEnded, streams.size.all]).toEqual([true, 0]);
});
