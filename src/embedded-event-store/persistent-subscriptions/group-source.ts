import { allCursor, streamCursor } from '../cursor.js';
import type { Cursor } from '../cursor.js';
import { matcherOf } from '../filter.js';
import { isHiddenFromAll } from '../hidden-streams.js';
import type { RecentEvents } from '../recent-events.js';
import { resolve } from '../resolve.js';
import type { VisibleLog } from '../visible-log.js';
import type { GroupSource } from './backlog.js';
import { ALL } from './group-config.js';
import type { GroupConfig } from './group-config.js';
import { dropped } from './group-errors.js';
import type { GroupName } from './group-errors.js';

/** Opens what a group reads, after a revision or position. */
export function openSource(config: GroupConfig, log: VisibleLog, recent: RecentEvents, after: number): GroupSource {
  const { source, settings, filter } = config;
  const resolver = { resolve: settings.resolveLinks ? resolveIn(log) : asIs };
  if (source !== ALL) {
    return {
      ...resolver,
      next: whileOpen(config, log, streamCursor(log, recent, source, after)),
      placeOf: ({ revision }) => revision,
      wants: () => true,
      counts: () => true,
      head: () => log.lastRevision(source),
    };
  }
  const matches = filter ? matcherOf(filter) : () => true;
  return {
    ...resolver,
    next: allCursor(log, recent, after),
    placeOf: ({ position }) => position,
    wants: (event) => matches(event) && !isHiddenFromAll(event.stream),
    counts: ({ stream }) => !isHiddenFromAll(stream),
    head: () => recent.lastPosition,
  };
}

/** The events of a closed stream are nobody's any more, and its groups come to nothing. */
const whileOpen =
  (name: GroupName, log: VisibleLog, next: Cursor): Cursor =>
  () => {
    if (log.isClosed(name.source)) throw dropped(name);
    return next();
  };

const asIs: GroupSource['resolve'] = (event) => ({ event });

const resolveIn =
  (log: VisibleLog): GroupSource['resolve'] =>
  (event) =>
    resolve(event, log);
