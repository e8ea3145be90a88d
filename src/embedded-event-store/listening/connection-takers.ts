import type { Server } from '@grpc/grpc-js';
import { createServer } from 'node:http';
import { grpcConnections } from './grpc-connections.js';
import { answerHttp1, answerHttp2 } from './http-answers.js';
import type { Answering } from './http-answers.js';
import type { Takers } from './protocol.js';

/** A client that keeps its connection may leave it idle for so long. */
const IDLE_MS = 60_000;

/** Who takes a connection: the gRPC server those over HTTP/2, with the endpoints for what is no call. */
export function connectionTakers(server: Server, answering: Answering): Takers {
  const http1 = createServer((request, response) => {
    answerHttp1(request, response, answering);
  });
  http1.timeout = IDLE_MS;
  return {
    http1: (connection) => http1.emit('connection', connection),
    http2: grpcConnections(server, (stream, headers) => {
      answerHttp2(stream, headers, answering);
    }),
  };
}
