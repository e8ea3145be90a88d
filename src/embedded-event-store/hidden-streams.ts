const OF_GROUPS_ON_ALL = /^\$persistentsubscription-\$all::.*-(checkpoint|parked)$/s;

/**
 * Streams the whole log does not show: what a group that reads the log writes about itself would only come back to it,
 * and the original keeps its own election notes to itself.
 */
export const isHiddenFromAll = (stream: string): boolean =>
  stream.startsWith('$') && (stream === '$epoch-information' || OF_GROUPS_ON_ALL.test(stream));
