import type { TransformCallback } from 'node:stream';
import { UnreadableEvent } from '../../event-sourcing/errors.js';

type Transforming = {
  _transform: (response: unknown, encoding: string, next: TransformCallback) => Promise<void> | undefined;
};

/**
 * A record the client cannot convert throws inside its stream: an uncaught exception on a read, an unhandled rejection
 * and then silence on a subscription. Guarded, the stream carries an UnreadableEvent at that place instead.
 */
export function guardTransform<S extends object>(stream: S): S {
  const transforming = stream as unknown as Transforming;
  const transform = transforming._transform.bind(stream);
  transforming._transform = (response, encoding, next) => {
    const fail = () => {
      next(null, unreadable(response));
    };
    try {
      return transform(response, encoding, next)?.catch(fail);
    } catch {
      fail();
      return undefined;
    }
  };
  return stream;
}

type Response = {
  getEvent: () => { getEvent: () => RawRecord | undefined } | undefined;
};
type RawRecord = {
  getStreamIdentifier: () => { getStreamName_asU8: () => Uint8Array } | undefined;
  getStreamRevision: () => string;
  getCommitPosition: () => string;
};

function unreadable(response: unknown): UnreadableEvent {
  const record = (response as Partial<Response>).getEvent?.()?.getEvent();
  const name = record?.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array();
  const revision = BigInt(record?.getStreamRevision() ?? 0);
  const position = record && BigInt(record.getCommitPosition());
  return new UnreadableEvent(Buffer.from(name).toString(), revision, position, 'the record is malformed');
}
