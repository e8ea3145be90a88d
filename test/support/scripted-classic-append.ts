import type grpc from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { HeldEvent } from './scripted-messages.js';

type ClassicCall = grpc.ServerReadableStream<streams.AppendReq, streams.AppendResp>;
type Hold = (stream: string, event: Omit<HeldEvent, 'stream' | 'revision' | 'position'>) => HeldEvent;

/** The call of its own that an append takes where the store does not offer batches. Stores whatever comes. */
export function classicAppend(hold: Hold) {
  return (call: ClassicCall, answer: grpc.sendUnaryData<streams.AppendResp>): void => {
    let stream = '';
    let last: HeldEvent | undefined;
    call.on('data', (request: streams.AppendReq) => {
      const message = request.getProposedMessage();
      if (message)
        last = hold(stream, {
          id: message.getId()?.getString() ?? '',
          type: message.getMetadataMap().get('type') ?? '',
          contentType: message.getMetadataMap().get('content-type') ?? '',
          data: message.getData_asU8(),
          metadata: message.getCustomMetadata_asU8(),
        });
      else stream = Buffer.from(request.getOptions()?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
    });
    call.on('end', () => {
      const position = new streams.AppendResp.Position();
      position.setCommitPosition(`${last?.position}`);
      position.setPreparePosition(`${last?.position}`);
      const success = new streams.AppendResp.Success();
      success.setCurrentRevision(`${last?.revision}`);
      success.setPosition(position);
      answer(null, new streams.AppendResp().setSuccess(success));
    });
  };
}
