import { randomUUID } from 'node:crypto';
import { Checkpoints } from './checkpoints.js';
import { allCursor, streamCursor } from './cursor.js';
import type { Cursor } from './cursor.js';
import { streamDeleted } from './errors.js';
import { NO_REVISION } from './event.js';
import type { StoredEvent } from './event.js';
import { Feed } from './feed.js';
import type { FeedOwner, ReadCall } from './feed.js';
import type { Filter } from './filter.js';
import type { ReadRequest, Source } from './read-request.js';
import { caughtUp, checkpoint, confirmation, encodeEvent } from './read-response.js';
import { resolve } from './resolve.js';
import type { RecentEvents } from './recent-events.js';
import type { VisibleLog } from './visible-log.js';

/**
 * A read that never ends: confirmation, history, word that it has caught up, then whatever is committed. A reader
 * that takes less than is written falls behind, reads on from storage once it has room, and is told again when it has
 * caught up.
 */
export class Subscription implements FeedOwner {
  readonly #feed: Feed;
  readonly #cursor: Cursor;
  readonly #filter: Filter | undefined;
  readonly #wants: (event: StoredEvent) => boolean;
  readonly #checkpoints: Checkpoints;
  readonly #log: VisibleLog;
  readonly #stream: string | undefined;
  readonly #resolveLinks: boolean;
  readonly #structuredIds: boolean;
  #hasCaughtUp = false;

  constructor(call: ReadCall, log: VisibleLog, recent: RecentEvents, request: ReadRequest) {
    const { source } = request;
    this.#log = log;
    this.#feed = new Feed(call, this);
    this.#cursor = cursorFor(log, recent, source, () => (this.#hasCaughtUp = false));
    this.#filter = source.type === 'all' ? source.filter : undefined;
    this.#stream = source.type === 'stream' ? source.stream : undefined;
    this.#wants = source.type === 'all' ? source.wants : () => true;
    this.#checkpoints = new Checkpoints(this.#filter?.checkpointInterval ?? 1);
    this.#resolveLinks = request.resolveLinks;
    this.#structuredIds = request.structuredIds;
    const unsubscribe = recent.subscribe(() => {
      this.#feed.pump();
    });
    for (const end of ['cancelled', 'close', 'error']) call.on(end, unsubscribe);
  }

  start(): void {
    this.#feed.write(confirmation(randomUUID()));
    if (this.#stream !== undefined && this.#log.isClosed(this.#stream)) throw streamDeleted(this.#stream);
    this.#feed.pump();
  }

  nextPage(): readonly StoredEvent[] {
    return this.#cursor();
  }

  deliver(event: StoredEvent): void {
    if (this.#wants(event)) this.#write(event);
    if (this.#filter && this.#checkpoints.isDue()) this.#feed.write(checkpoint(event.position));
  }

  #write(event: StoredEvent): void {
    const resolved = this.#resolveLinks ? resolve(event, this.#log, this.#hasCaughtUp) : { event };
    this.#feed.write(encodeEvent(resolved, this.#structuredIds));
  }

  /** Said once, unless the reader falls behind: to clients it is the end of history. */
  onExhausted(): void {
    if (this.#stream !== undefined && this.#log.isClosed(this.#stream)) throw streamDeleted(this.#stream);
    if (!this.#hasCaughtUp) this.#feed.write(caughtUp());
    this.#hasCaughtUp = true;
  }
}

function cursorFor(log: VisibleLog, recent: RecentEvents, source: Source, onBehind: () => void): Cursor {
  const { from } = source;
  if (source.type === 'all') {
    return allCursor(log, recent, from === 'start' ? 0 : from === 'end' ? recent.lastPosition : from, onBehind);
  }
  const { stream } = source;
  const after = from === 'start' ? NO_REVISION : from === 'end' ? log.lastRevision(stream) : from;
  return streamCursor(log, recent, stream, after, onBehind);
}
