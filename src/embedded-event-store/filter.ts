import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { badRequest } from './errors.js';
import type { StoredEvent } from './event.js';

/** Which events of the whole log a reader wants, and how often it wants to know how far the search has come. */
export type Filter = {
  readonly matches: (event: StoredEvent) => boolean;
  /** A checkpoint is due after this many events, whether they matched or not. */
  readonly checkpointInterval: number;
};

/** How many events one search step considers where the client does not say. */
const DEFAULT_WINDOW = 32;

export function filterOf(options: ReadReq.Options.FilterOptions): Filter {
  const byStream = options.getStreamIdentifier();
  const expression = byStream ?? options.getEventType();
  if (!expression) throw badRequest('a filter needs a stream name or event type expression');
  const matches = matcher(expression.getRegex(), expression.getPrefixList());
  return {
    matches: byStream ? ({ stream }) => matches(stream) : ({ type }) => matches(type),
    checkpointInterval: windowOf(options) * options.getCheckpointintervalmultiplier(),
  };
}

function windowOf(options: ReadReq.Options.FilterOptions): number {
  if (options.hasMax()) return Math.max(options.getMax(), 1);
  if (options.hasCount()) return DEFAULT_WINDOW;
  throw badRequest('a filter needs a window');
}

function matcher(regex: string, prefixes: readonly string[]): (text: string) => boolean {
  if (regex === '') return (text) => prefixes.some((prefix) => text.startsWith(prefix));
  try {
    const pattern = new RegExp(regex);
    return (text) => pattern.test(text);
  } catch {
    throw badRequest(`the filter's regular expression cannot be read: ${regex}`);
  }
}
