import { type AppendResult, type EventStoreDBClient, NO_STREAM as NO_STREAM_YET } from '@eventstore/db-client';
import { NO_STREAM } from '../../event-sourcing/fact.js';
import type { AppendJob } from './append-job.js';

/**
 * Far off on purpose. The deadline goes over the wire as a time of day, so that with a clock a few seconds behind every
 * append would be late on arrival; the server's own limit and our timer are what counts.
 */
const deadline = 3_600_000;

/** One attempt. May stay pending for ever: the client bounds it by nothing of its own. */
export function handOver(client: EventStoreDBClient, { stream, expected, events }: AppendJob): Promise<AppendResult> {
  // Never `any`, the client's default: for that the store's memory of ids is a bounded cache, and a repeat may write
  // again. Leader and credentials are the same for every append, for on the client's cached call the first decides.
  const expectedRevision = expected === NO_STREAM ? NO_STREAM_YET : expected;
  return client.appendToStream(stream, events, { expectedRevision, requiresLeader: true, deadline });
}
