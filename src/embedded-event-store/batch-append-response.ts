import type { Message } from 'google-protobuf';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { writeSuccess } from './append-response.js';
import { NO_REVISION } from './event.js';
import type { ExpectedRevision } from './expected-revision.js';
import { MessageWriter } from './message-writer.js';
import { MAX_APPEND_SIZE } from './proposed-events.js';
import type { Rejection } from './proposed-events.js';
import type { WriteResult } from './writer.js';

/** What one append of a batch came to. */
export type BatchResult = WriteResult | Rejection | { readonly type: 'timeout' };

/** The append an answer belongs to. */
type Answered = {
  readonly correlationId: Uint8Array;
  readonly streamName: Uint8Array;
  readonly expected: ExpectedRevision | undefined;
};

/** Room for everything but the stream's name and the details of an error. */
const FRAME = 256;

/** Encodes the one answer an append gets; the client breaks if the stream name or an error's details are left out. */
export function encodeBatchResponse({ correlationId, streamName, expected }: Answered, result: BatchResult): Buffer {
  const failure = result.type === 'appended' ? undefined : encodeFailure(result, expected ?? 'any');
  const writer = new MessageWriter(
    FRAME + correlationId.byteLength + streamName.byteLength + (failure?.byteLength ?? 0),
  );
  writer.message(4, () => {
    writer.bytes(3, streamName);
  });
  if (failure) writer.bytes(2, failure);
  if (result.type === 'appended') {
    writer.message(3, () => {
      writeSuccess(writer, result.revision, result.position);
    });
  }
  writer.bytes(1, correlationId);
  return writer.finish();
}

type Failure = Exclude<BatchResult, { type: 'appended' }>;

/** A google.rpc.Status whose details are a single typed message. */
function encodeFailure(result: Failure, expected: ExpectedRevision): Buffer {
  const [code, text, type, details] = describe(result, expected);
  const encoded = details.serializeBinary();
  const writer = new MessageWriter(FRAME + Buffer.byteLength(text) + encoded.byteLength);
  writer.message(3, () => {
    writer.bytes(2, encoded);
    writer.text(1, `type.googleapis.com/${type}`);
  });
  writer.text(2, text);
  writer.integer(1, code);
  return writer.finish();
}

type Description = [code: number, text: string, type: string, details: Message];

function describe(result: Failure, expected: ExpectedRevision): Description {
  const CLIENT = 'event_store.client';
  switch (result.type) {
    case 'conflict':
      return [6, 'WrongExpectedVersion', `${CLIENT}.WrongExpectedVersion`, wrongVersion(expected, result.current)];
    case 'deleted': {
      const id = new shared.StreamIdentifier().setStreamName(Buffer.from(result.stream));
      return [5, 'StreamDeleted', `${CLIENT}.StreamDeleted`, new shared.StreamDeleted().setStreamIdentifier(id)];
    }
    case 'denied':
      return [7, 'AccessDenied', `${CLIENT}.AccessDenied`, new shared.AccessDenied()];
    case 'timeout':
      return [4, 'Timeout', `${CLIENT}.Timeout`, new shared.Timeout()];
    case 'too-large': {
      const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_SIZE);
      return [3, 'MaximumAppendSizeExceeded', `${CLIENT}.MaximumAppendSizeExceeded`, details];
    }
    case 'missing-metadata':
      return badRequest('type and content-type are required metadata properties');
    case 'bad-request':
      return badRequest(result.reason);
    case 'unavailable':
      return [14, result.reason, 'google.protobuf.Empty', new empty.Empty()];
  }
}

const badRequest = (reason: string): Description => [
  3,
  'BadRequest',
  'event_store.client.BadRequest',
  new shared.BadRequest().setMessage(reason),
];

function wrongVersion(expected: ExpectedRevision, current: number) {
  const details = new shared.WrongExpectedVersion();
  if (current === NO_REVISION) details.setCurrentNoStream(new empty.Empty());
  else details.setCurrentStreamRevision(`${current}`);
  if (expected === 'any') details.setExpectedAny(new empty.Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new empty.Empty());
  else if (expected === 'no_stream') details.setExpectedNoStream(new empty.Empty());
  else details.setExpectedStreamPosition(`${expected}`);
  return details;
}
