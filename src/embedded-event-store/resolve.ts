import type { ResolvedEvent, StoredEvent } from './event.js';
import { LINK } from './link-stream.js';

/** Where the target of a link is looked for. */
type Targets = { eventAt(stream: string, revision: number): StoredEvent | undefined };

/**
 * Follows a link, one step and no further: what it leads to is shown as it is, even if it is a link again. One that
 * names no revision is an event like any other; only to those who hear of it live the original shows it as a link.
 */
export function resolve(event: StoredEvent, targets: Targets, isLive = false): ResolvedEvent {
  if (event.type !== LINK) return { event };
  const place = placeOf(event);
  if (!place) return isLive ? { link: event } : { event };
  return { event: targets.eventAt(place.stream, place.revision), link: event };
}

/** Where a link leads; the name of a stream may contain the sign that comes before it. */
function placeOf({ data }: StoredEvent): { readonly stream: string; readonly revision: number } | undefined {
  const [, digits = '', stream = ''] = /^\s*([+-]?\d{1,19})\s*(?:@(.*))?$/s.exec(Buffer.from(data).toString()) ?? [];
  const revision = digits === '' ? undefined : BigInt(digits.replace('+', ''));
  return revision === undefined || BigInt.asIntN(64, revision) !== revision
    ? undefined
    : { stream, revision: Number(revision) };
}
