import type { Appended } from '../../event-sourcing/event-store.js';
import type { AppendJob } from './append-job.js';
import { positionOf } from './decode.js';
import type { Reads } from './reads.js';

/** Where the very events of a job stand in their stream; undefined where others stand in their place. */
export type Locate = (job: AppendJob) => Promise<Appended | undefined>;

/** Where all events of a job stand, if it is they that follow the revision it expected. */
export async function locate(reads: Reads, { stream, expected, events }: AppendJob): Promise<Appended | undefined> {
  let matched = 0;
  for await (const stored of reads.stream(stream, expected + 1n, events.length)) {
    const { id } = events[matched] ?? {};
    if (stored.revision !== expected + 1n + BigInt(matched) || stored.id !== id?.toLowerCase()) return undefined;
    matched++;
    const position = positionOf(stored);
    if (matched === events.length && position !== undefined) return { revision: stored.revision, position };
  }
  return undefined;
}
