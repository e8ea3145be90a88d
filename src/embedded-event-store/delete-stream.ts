import type { sendUnaryData } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { DeleteReq, DeleteResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendOptions } from './append-request.js';
import { badRequest, streamDeleted, unavailable, wrongExpectedVersion } from './errors.js';
import { codeOf, exactRevision } from './expected-revision.js';
import type { ExpectedRevision } from './expected-revision.js';
import { addressOf } from './proposed-events.js';
import type { Writer } from './writer.js';

/** The call that deletes a stream such that a later append may bring it back. */
export function deleteStream(request: DeleteReq, answer: sendUnaryData<DeleteResp>, writer: Writer): void {
  const address = addressOf(optionsOf(request.getOptions()));
  if ('type' in address) {
    answer(badRequest(address.type === 'bad-request' ? address.reason : address.type));
    return;
  }
  const { stream, expected } = address;
  writer.delete(address, (result) => {
    if (result.type === 'unavailable') answer(unavailable(result.reason));
    else if (result.type === 'deleted') answer(streamDeleted(stream));
    else if (result.type === 'conflict') answer(wrongExpectedVersion(stream, codeOf(expected), result.current));
    else answer(null, deletedAt(result.position));
  });
}

function deletedAt(position: number): DeleteResp {
  const place = new streams.DeleteResp.Position();
  place.setCommitPosition(`${position}`).setPreparePosition(`${position}`);
  return new streams.DeleteResp().setPosition(place);
}

function optionsOf(options: DeleteReq.Options | undefined): AppendOptions {
  const [streamName, expected] = [options?.getStreamIdentifier()?.getStreamName_asU8(), options && expectedIn(options)];
  return { ...(streamName && { streamName }), ...(expected !== undefined && { expected }) };
}

function expectedIn(options: DeleteReq.Options): ExpectedRevision | undefined {
  if (options.hasRevision()) return exactRevision(BigInt(options.getRevision()));
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream_exists' : undefined;
}
