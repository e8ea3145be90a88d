import { allCursor, streamCursor } from '../cursor.js';
import { matcherOf } from '../filter.js';
import { isHiddenFromAll } from '../hidden-streams.js';
import type { RecentEvents } from '../recent-events.js';
import { resolve } from '../resolve.js';
import type { VisibleLog } from '../visible-log.js';
import type { GroupSource } from './backlog.js';
import { ALL } from './group-config.js';
import type { GroupConfig } from './group-config.js';

/** Opens what a group reads, after a revision or position. */
export function openSource(config: GroupConfig, log: VisibleLog, recent: RecentEvents, after: number): GroupSource {
  const { source, settings, filter } = config;
  const resolver = { resolve: settings.resolveLinks ? resolveIn(log) : asIs };
  if (source !== ALL) {
    return {
      ...resolver,
      next: streamCursor(log, recent, source, after),
      placeOf: ({ revision }) => revision,
      wants: () => true,
      head: () => log.lastRevision(source),
    };
  }
  const matches = filter ? matcherOf(filter) : () => true;
  return {
    ...resolver,
    next: allCursor(log, recent, after),
    placeOf: ({ position }) => position,
    wants: (event) => matches(event) && !isHiddenFromAll(event.stream),
    head: () => recent.lastPosition,
  };
}

const asIs: GroupSource['resolve'] = (event) => ({ event });

const resolveIn =
  (log: VisibleLog): GroupSource['resolve'] =>
  (event) =>
    resolve(event, log);
