import { UnreadableEvent } from '../../event-sourcing/errors.js';
import type { StreamPrefixes } from '../../event-sourcing/event-store.js';
import type { Position } from '../../event-sourcing/fact.js';
import { positionOf } from './decode.js';
import type { Reads } from './reads.js';

/** Where a quiet log ends in other streams' events, a few hundred of those are looked through for one of ours. */
const lookedThrough = 256;

/**
 * The newest event of the streams named, if it stands after `after`: asked of the log itself, since a subscription that
 * brings nothing cannot say whether there is nothing. Events of other streams alone are no news: a filtered
 * subscription never sees those, save for a checkpoint now and then.
 */
export async function newestOf(
  reads: Reads,
  prefixes: StreamPrefixes,
  after: Position | undefined,
): Promise<Position | undefined> {
  try {
    for await (const stored of reads.newest(lookedThrough)) {
      const position = positionOf(stored);
      if (position === undefined) continue;
      if (after !== undefined && position <= after) return undefined;
      if (prefixes.some((prefix) => stored.streamId.startsWith(prefix))) return position;
    }
    return undefined;
  } catch (error) {
    // A broken record here need not be one of ours; the subscription itself is to say so.
    if (error instanceof UnreadableEvent) return error.position;
    throw error;
  }
}
