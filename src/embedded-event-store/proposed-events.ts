import type { Address, Append } from './commit.js';
import type { AppendOptions, WireEvent } from './append-request.js';
import { sizeOf } from './event.js';
import type { ProposedEvent } from './event.js';
import { isLinkStream } from './link-stream.js';
import { decodeStreamName } from './stream-name.js';
import { TOMBSTONE } from './tombstones.js';

/** The most that one append may carry. */
export const MAX_APPEND_SIZE = 1_048_576;

/** Why an append was turned away before anybody looked at the log. */
export type Rejection =
  | { readonly type: 'bad-request'; readonly reason: string }
  | { readonly type: 'missing-metadata' }
  | { readonly type: 'denied' }
  | { readonly type: 'too-large' };

/** Whether the caller may append to a stream of this name. */
export type MayAppend = (streamName: Uint8Array | undefined) => boolean;

/** Collects the events of one append as they arrive; checks each one and what they weigh together. */
export class ProposedEvents {
  readonly #events: ProposedEvent[] = [];
  #size = 0;

  /** What the events weigh together, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Returns why the event cannot be taken, if so. */
  add({ id, type, contentType, metadata, data }: WireEvent): Rejection | undefined {
    if (type === undefined || contentType === undefined) return { type: 'missing-metadata' };
    this.#size += sizeOf({ type, metadata, data });
    if (this.#size > MAX_APPEND_SIZE) return { type: 'too-large' };
    if (type === '') return { type: 'bad-request', reason: 'the event type is empty' };
    if (type === TOMBSTONE) return { type: 'bad-request', reason: `events of type ${type} close a stream` };
    if (id === undefined) return { type: 'bad-request', reason: 'the event id is not a UUID' };
    this.#events.push({ id, type, isJson: contentType === 'application/json', metadata, data });
    return undefined;
  }

  /** The whole append, addressed by the options that came before the events. */
  addressed({ stream, expected }: Address): Append {
    return { stream, expected, events: this.#events };
  }
}

/** Reads stream and expected revision, or says why they will not do. */
export function addressOf({ streamName, expected }: AppendOptions): Address | Rejection {
  const stream = decodeStreamName(streamName);
  if (stream === undefined) return { type: 'bad-request', reason: 'the stream name is missing or not allowed' };
  if (isLinkStream(stream)) return { type: 'bad-request', reason: 'the store itself keeps the links of this stream' };
  if (expected === undefined)
    return { type: 'bad-request', reason: 'the expected revision is missing or out of range' };
  return { stream, expected };
}
