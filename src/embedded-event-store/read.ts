import type { StoredEvent } from './event.js';
import { streamDeleted } from './errors.js';
import { Feed } from './feed.js';
import type { FeedOwner, ReadCall } from './feed.js';

import type { From, ReadRequest, Source } from './read-request.js';
import { resolve } from './resolve.js';
import { encodeEvent, firstStreamPosition, lastStreamPosition, streamNotFound } from './read-response.js';
import type { VisibleLog } from './visible-log.js';

const PAGE = 256;

/** Gets the next events in the direction of a read, and remembers how far it has come. */
type Pages = (limit: number) => readonly StoredEvent[];

/** A read that ends: so many events from a place on, in either direction. */
export class FiniteRead implements FeedOwner {
  readonly #call: ReadCall;
  readonly #log: VisibleLog;
  readonly #request: ReadRequest;
  readonly #feed: Feed;
  readonly #pages: Pages;
  #remaining: number;

  constructor(call: ReadCall, log: VisibleLog, request: ReadRequest) {
    this.#call = call;
    this.#log = log;
    this.#request = request;
    this.#remaining = request.count ?? Number.MAX_SAFE_INTEGER;
    this.#pages = request.backwards ? backwards(log, request.source) : forwards(log, request.source);
    this.#feed = new Feed(call, this);
  }

  start(): void {
    const { source } = this.#request;
    if (source.type === 'stream' && this.#log.isClosed(source.stream)) throw streamDeleted(source.stream);
    if (source.type === 'stream' && !this.#log.has(source.stream)) {
      this.#feed.write(streamNotFound(source.stream));
      this.#call.end();
    } else {
      this.#tellStart();
      this.#feed.pump();
    }
  }

  nextPage(): readonly StoredEvent[] {
    return this.#remaining === 0 ? [] : this.#pages(this.#limit());
  }

  deliver(event: StoredEvent): void {
    const { source, resolveLinks, structuredIds } = this.#request;
    if (this.#remaining === 0 || (source.type === 'all' && !source.wants(event))) return;
    this.#remaining -= 1;
    const resolved = resolveLinks ? resolve(event, this.#log) : { event };
    this.#feed.write(encodeEvent(resolved, structuredIds));
  }

  onExhausted(): void {
    const { source, wantsEdges } = this.#request;
    if (wantsEdges && source.type === 'stream') {
      this.#feed.write(lastStreamPosition(this.#log.lastRevision(source.stream)));
    }
    this.#call.end();
  }

  /** A reader may have asked for events that are hidden. */
  #tellStart(): void {
    const { source, backwards, wantsEdges } = this.#request;
    if (!wantsEdges || backwards || source.type === 'all') return;
    const first = this.#log.firstRevision(source.stream);
    const isHidden = first > edge(source.from, 0, first) && first <= this.#log.lastRevision(source.stream);
    if (isHidden) this.#feed.write(firstStreamPosition(first));
  }

  /** With a filter it takes more events than are wanted to find those that are. */
  #limit(): number {
    const { source } = this.#request;
    return source.type === 'all' && source.filter ? PAGE : Math.min(PAGE, this.#remaining);
  }
}

function forwards(log: VisibleLog, source: Source): Pages {
  if (source.type === 'all') {
    let next = edge(source.from, 1, log.lastPosition + 1);
    return (limit) => advance(log.allForwards(next, limit), ({ position }) => (next = position + 1));
  }
  let next = edge(source.from, 0, log.lastRevision(source.stream) + 1);
  return (limit) => advance(log.streamForwards(source.stream, next, limit), ({ revision }) => (next = revision + 1));
}

function backwards(log: VisibleLog, source: Source): Pages {
  if (source.type === 'all') {
    let before = edge(source.from, 0, log.lastPosition + 1);
    return (limit) => advance(log.allBackwards(before, limit), ({ position }) => (before = position));
  }
  let from = edge(source.from, 0, log.lastRevision(source.stream));
  return (limit) => advance(log.streamBackwards(source.stream, from, limit), ({ revision }) => (from = revision - 1));
}

const edge = (from: From, start: number, end: number): number =>
  from === 'start' ? start : from === 'end' ? end : from;

function advance(page: readonly StoredEvent[], to: (last: StoredEvent) => void): readonly StoredEvent[] {
  const last = page.at(-1);
  if (last) to(last);
  return page;
}
