import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';

const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH } = constants;

export const STREAMS = '/event_store.client.streams.Streams';

/** A connection whose calls may send any bytes; what the other end does to it is no fault of the test. */
export async function openSession(port: number): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  await once(session, 'connect');
  return session;
}

export function openCall(
  session: ClientHttp2Session,
  path: string,
  more: Record<string, string> = {},
): ClientHttp2Stream {
  const headers = { 'content-type': 'application/grpc', te: 'trailers', ...more };
  const call = session.request({ [HTTP2_HEADER_METHOD]: 'POST', [HTTP2_HEADER_PATH]: path, ...headers });
  call.on('error', () => undefined);
  return call;
}

/** A message as gRPC frames it, or as it must not. */
export function frame(message: Uint8Array, { flag = 0, length = message.byteLength } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** Everything a call is answered until it ends, and its status: of trailers or headers, or -1 if it is just cut. */
export async function answerOf(call: ClientHttp2Stream): Promise<{ status: number; bytes: number }> {
  const answer = { status: -1, bytes: 0 };
  const take = (headers: Readonly<Record<string, unknown>>) => {
    if (headers['grpc-status'] !== undefined) answer.status = Number(headers['grpc-status']);
  };
  call.on('response', take);
  call.on('trailers', take);
  call.on('data', (data: Buffer) => (answer.bytes += data.byteLength));
  if (!call.closed) await once(call, 'close');
  return answer;
}
