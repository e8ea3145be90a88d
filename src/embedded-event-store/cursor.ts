import type { StoredEvent } from './event.js';
import { isLinkStream } from './link-stream.js';

import type { RecentEvents } from './recent-events.js';
import type { VisibleLog } from './visible-log.js';

const PAGE = 256;

/** Where a subscription stands. Each call moves it on; no events means that it has come to the end for now. */
export type Cursor = () => readonly StoredEvent[];

/** Told before a page of events that are too long ago to be recent: the reader has fallen behind, or not yet caught up. */
type OnBehind = () => void;

/** Follows the whole log. */
export function allCursor(log: VisibleLog, recent: RecentEvents, after: number, onBehind: OnBehind = nothing): Cursor {
  let position = after;
  return () => {
    const committed = recent.after(position, PAGE);
    if (!committed) onBehind();
    const events = committed ?? log.allForwards(position + 1, PAGE);
    position = events.at(-1)?.position ?? position;
    return events;
  };
}

/**
 * Follows one stream: through storage by revision until there is no more, from then on through the recent events by
 * position. Both happen in one turn of the loop, so that no commit can slip between them.
 */
export function streamCursor(
  log: VisibleLog,
  recent: RecentEvents,
  stream: string,
  after: number,
  onBehind: OnBehind = nothing,
): Cursor {
  if (isLinkStream(stream)) return linkCursor(log, recent, stream, after, onBehind);
  let revision = after;
  let position: number | undefined;

  const fromRecent = (): readonly StoredEvent[] | undefined => {
    const committed = position === undefined ? undefined : recent.after(position, Number.MAX_SAFE_INTEGER);
    if (committed) position = recent.lastPosition;
    return committed?.filter((event) => event.stream === stream && event.revision > revision);
  };

  const fromStorage = (): readonly StoredEvent[] => {
    const events = log.streamForwards(stream, revision + 1, PAGE);
    if (events.length > 0) onBehind();
    position = events.length === 0 ? recent.lastPosition : undefined;
    return events;
  };

  return () => {
    const events = fromRecent() ?? fromStorage();
    revision = events.at(-1)?.revision ?? revision;
    return events;
  };
}

/** Follows a stream of links, which are made only when they are read. */
function linkCursor(log: VisibleLog, recent: RecentEvents, stream: string, after: number, onBehind: OnBehind): Cursor {
  let revision = after;
  let position = 0;
  return () => {
    const links = log.lastRevision(stream) > revision ? log.streamForwards(stream, revision + 1, PAGE) : [];
    if (links.length > 0 && !recent.after(position, 0)) onBehind();
    revision = links.at(-1)?.revision ?? revision;
    position = links.at(-1)?.position ?? recent.lastPosition;
    return links;
  };
}

const nothing: OnBehind = () => undefined;
