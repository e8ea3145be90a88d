import type { ResolvedEvent, StoredEvent } from './event.js';
import { LINK } from './link-stream.js';

/** Where the target of a link is looked for. */
export type Targets = { eventAt(stream: string, revision: number): StoredEvent | undefined };

/** Follows a link, one step and no further: what it leads to is shown as it is, even if it is a link again. */
export function resolve(event: StoredEvent, targets: Targets): ResolvedEvent {
  if (event.type !== LINK) return { event };
  const place = placeOf(event);
  return place ? { event: targets.eventAt(place.stream, place.revision), link: event } : { event };
}

/** Where a link leads; the name of a stream may contain the sign that comes before it. */
export function placeOf({ data }: StoredEvent): { readonly stream: string; readonly revision: number } | undefined {
  const [, revision, stream] = /^(\d{1,15})@(.+)$/s.exec(Buffer.from(data).toString()) ?? [];
  return revision === undefined || stream === undefined ? undefined : { stream, revision: Number(revision) };
}
