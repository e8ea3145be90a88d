import type { BinaryReader } from 'google-protobuf';
import { exactRevision } from './expected-revision.js';
import type { ExpectedRevision } from './expected-revision.js';
import { eachField, plainBytes, readText } from './protobuf-fields.js';
import { decodeUuid } from './uuid.js';

/** What a writer says about an append before its events; the two append calls encode it alike. */
export type AppendOptions = {
  readonly streamName?: Uint8Array;
  readonly expected?: ExpectedRevision;
  /** Milliseconds since 1970. */
  readonly deadline?: number;
};

/** A proposed event as it came, before anything is checked. */
export type WireEvent = {
  readonly id?: string | undefined;
  readonly type?: string;
  readonly contentType?: string;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
};

/** One message of the Append call: its options come first, then its events, one a message. */
export type AppendRequest = { readonly options?: AppendOptions; readonly event?: WireEvent };

/** One message of the BatchAppend call: a part of the append that its correlation id names. */
export type BatchAppendRequest = {
  /** The encoded id, which the answer repeats byte by byte. */
  readonly correlationId: Uint8Array;
  readonly options?: AppendOptions;
  readonly events: readonly WireEvent[];
  readonly isFinal: boolean;
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function decodeAppendRequest(buffer: Buffer): AppendRequest {
  const request: Mutable<AppendRequest> = {};
  eachField(plainBytes(buffer), (field, reader) => {
    if (field === 1) request.options = decodeOptions(reader.readBytes());
    if (field === 2) request.event = decodeEvent(reader.readBytes());
  });
  return request;
}

export function decodeBatchAppendRequest(buffer: Buffer): BatchAppendRequest {
  const events: WireEvent[] = [];
  const request: Mutable<BatchAppendRequest> = { correlationId: EMPTY, events, isFinal: false };
  eachField(plainBytes(buffer), (field, reader) => {
    if (field === 1) request.correlationId = reader.readBytes();
    if (field === 2) request.options = decodeOptions(reader.readBytes());
    if (field === 3) events.push(decodeEvent(reader.readBytes()));
    if (field === 4) request.isFinal = reader.readBool();
  });
  return request;
}

const EMPTY = new Uint8Array(0);

function decodeOptions(bytes: Uint8Array): AppendOptions {
  const options: Mutable<AppendOptions> = {};
  const read: Record<number, (reader: BinaryReader) => void> = {
    1: (reader) => {
      eachField(reader.readBytes(), (field, inner) => {
        if (field === 3) options.streamName = inner.readBytes();
      });
    },
    2: (reader) => {
      const expected = exactRevision(BigInt(reader.readUint64String()));
      if (expected !== undefined) options.expected = expected;
    },
    3: () => (options.expected = 'no_stream'),
    4: () => (options.expected = 'any'),
    5: () => (options.expected = 'stream_exists'),
    6: (reader) => (options.deadline = readMilliseconds(reader.readBytes())),
    7: (reader) => (options.deadline = Date.now() + readMilliseconds(reader.readBytes())),
  };
  eachField(bytes, (field, reader) => read[field]?.(reader));
  return options;
}

/** Timestamps and durations have the same fields. */
function readMilliseconds(bytes: Uint8Array): number {
  let milliseconds = 0;
  eachField(bytes, (field, reader) => {
    if (field === 1) milliseconds += reader.readInt64() * 1_000;
    if (field === 2) milliseconds += reader.readInt32() / 1_000_000;
  });
  return milliseconds;
}

function decodeEvent(bytes: Uint8Array): WireEvent {
  const event: Mutable<WireEvent> = { metadata: EMPTY, data: EMPTY };
  eachField(bytes, (field, reader) => {
    if (field === 1) event.id = decodeUuid(reader.readBytes());
    if (field === 2) decodeProperty(reader.readBytes(), event);
    if (field === 3) event.metadata = reader.readBytes();
    if (field === 4) event.data = reader.readBytes();
  });
  return event;
}

function decodeProperty(bytes: Uint8Array, event: Mutable<WireEvent>): void {
  let key = '';
  let value = '';
  eachField(bytes, (field, reader) => {
    if (field === 1) key = readText(reader);
    if (field === 2) value = readText(reader);
  });
  if (key === 'type') event.type = value;
  if (key === 'content-type') event.contentType = value;
}
