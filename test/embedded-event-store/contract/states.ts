import { newStream } from '../recorded.js';
import type { Contract } from './contract.js';

/** What a stream can have behind it. */
export type State = 'absent' | 'described' | 'filled' | 'deleted' | 'closed';

/** Makes a stream that never was, has metadata alone, has two events, had two before it was deleted, or was closed. */
export async function streamThatIs(state: State, { client, events }: Contract): Promise<string> {
  const stream = newStream();
  if (state === 'described') await client.setStreamMetadata(stream, { color: 'blue' });
  if (state === 'filled' || state === 'deleted') await client.appendToStream(stream, events(2));
  if (state === 'deleted') await client.deleteStream(stream);
  if (state === 'closed') await client.tombstoneStream(stream);
  return stream;
}

/** What a client says of a stream that is closed, or was to exist and is deleted. */
export const gone = (stream: string) => ({ type: 'stream-deleted', streamName: stream });

export const conflict = (stream: string, expectedVersion: unknown, actualVersion: unknown) => ({
  ...{ type: 'wrong-expected-version', streamName: stream },
  ...{ expectedVersion, actualVersion },
});

export const notFound = (stream: string) => ({ type: 'stream-not-found', streamName: stream });

/** Both calls that append; credentials for one call make a client use the call for a single append. */
export const CALLS: [string, object][] = [
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'someone', password: 'secret' } }],
];
