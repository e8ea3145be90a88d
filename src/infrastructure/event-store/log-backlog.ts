import { Backlog, type Behind } from '../../event-sourcing/backlog.js';
import type { StreamPrefixes } from '../../event-sourcing/event-store.js';
import type { Position } from '../../event-sourcing/fact.js';
import { positionOf } from './decode.js';
import type { Reads } from './reads.js';

/** The client reads some thousand events a second, and whoever asks waits for it. */
const LOOKED_THROUGH = 500;

/** Reads the log from a position on, apart from every subscription. */
export class LogBacklog extends Backlog {
  constructor(private readonly reads: Reads) {
    super();
  }

  override async after(streams: StreamPrefixes, position: Position | undefined): Promise<Behind> {
    let events = 0;
    let oldest: number | undefined;
    for await (const stored of this.reads.from(position, LOOKED_THROUGH)) {
      const at = positionOf(stored);
      // The log is read from the position itself on.
      if (position !== undefined && at !== undefined && at <= position) continue;
      if (!streams.some((prefix) => stored.streamId.startsWith(prefix))) continue;
      events++;
      oldest ??= stored.created?.getTime();
    }
    // The time is the store's, whose clock may be ahead of ours.
    return { events, seconds: oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1000) };
  }
}
