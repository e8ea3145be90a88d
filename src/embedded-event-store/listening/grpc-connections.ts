import { ServerCredentials } from '@grpc/grpc-js';
import type { Server } from '@grpc/grpc-js';
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** The library keeps to itself which HTTP/2 server takes the connections it is given. */
type Internals = { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };

type OtherStreams = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * Lets a gRPC server live on connections that somebody else accepts; returns what takes one. Requests on them that are no
 * calls, which the library would refuse with 415, go to `others`.
 */
export function grpcConnections(server: Server, others: OtherStreams): (connection: Duplex) => void {
  // Encryption, where there is any, ends before a connection comes here.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const [http2Server] = [...((server as unknown as Internals).http2Servers?.keys() ?? [])];
  const [onCall] = http2Server?.listeners('stream') ?? [];
  if (!http2Server || !onCall) throw new Error('this version of @grpc/grpc-js is not one the event store can run on');
  http2Server.removeAllListeners('stream');
  http2Server.on('stream', (stream, headers, ...rest) => {
    if (headers['content-type']?.startsWith('application/grpc')) onCall.call(http2Server, stream, headers, ...rest);
    else others(stream, headers);
  });
  return (connection) => {
    injector.injectConnection(connection);
  };
}
