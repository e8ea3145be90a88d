import type { sendUnaryData } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendOptions } from './append-request.js';
import type { Address } from './commit.js';
import { badRequest, streamDeleted, unavailable, wrongExpectedVersion } from './errors.js';
import { codeOf, exactRevision } from './expected-revision.js';
import type { ExpectedRevision } from './expected-revision.js';
import { addressOf } from './proposed-events.js';
import type { WriteResult, Writer } from './writer.js';

/** The call that deletes a stream such that a later append may bring it back. */
export function deleteStream(request: DeleteReq, answer: sendUnaryData<DeleteResp>, writer: Writer): void {
  remove(
    request.getOptions(),
    (address, done) => {
      writer.delete(address, done);
    },
    answer,
    deletedAt,
  );
}

/** The call that closes a stream for good. */
export function tombstoneStream(request: TombstoneReq, answer: sendUnaryData<TombstoneResp>, writer: Writer): void {
  remove(
    request.getOptions(),
    (address, done) => {
      writer.closeStream(address, done);
    },
    answer,
    closedAt,
  );
}

function remove<Response>(
  options: Options | undefined,
  write: (address: Address, done: (result: WriteResult) => void) => void,
  answer: sendUnaryData<Response>,
  respond: (position: number) => Response,
): void {
  const address = addressOf(optionsOf(options));
  if ('type' in address) {
    answer(badRequest(address.type === 'bad-request' ? address.reason : address.type));
    return;
  }
  const { stream, expected } = address;
  write(address, (result) => {
    if (result.type === 'unavailable') answer(unavailable(result.reason));
    else if (result.type === 'deleted') answer(streamDeleted(stream));
    else if (result.type === 'conflict') answer(wrongExpectedVersion(stream, codeOf(expected), result.current));
    else answer(null, respond(result.position));
  });
}

function deletedAt(position: number): DeleteResp {
  const place = new streams.DeleteResp.Position();
  place.setCommitPosition(`${position}`).setPreparePosition(`${position}`);
  return new streams.DeleteResp().setPosition(place);
}

function closedAt(position: number): TombstoneResp {
  const place = new streams.TombstoneResp.Position();
  place.setCommitPosition(`${position}`).setPreparePosition(`${position}`);
  return new streams.TombstoneResp().setPosition(place);
}

type Options = DeleteReq.Options | TombstoneReq.Options;

function optionsOf(options: Options | undefined): AppendOptions {
  const [streamName, expected] = [options?.getStreamIdentifier()?.getStreamName_asU8(), options && expectedIn(options)];
  return { ...(streamName && { streamName }), ...(expected !== undefined && { expected }) };
}

function expectedIn(options: Options): ExpectedRevision | undefined {
  if (options.hasRevision()) return exactRevision(BigInt(options.getRevision()));
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream_exists' : undefined;
}
