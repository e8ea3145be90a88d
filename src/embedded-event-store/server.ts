import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import serverFeaturesGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import { append } from './append.js';
import { decodeAppendRequest, decodeBatchAppendRequest } from './append-request.js';
import type { AppendRequest, BatchAppendRequest } from './append-request.js';
import { BatchAppend } from './batch-append.js';
import { withCheckedRequests } from './checked-requests.js';
import { deleteStream, tombstoneStream } from './delete-stream.js';
import { toCallError } from './errors.js';
import type { ReadCall } from './feed.js';
import type { LiveCalls } from './live-calls.js';
import type { Groups } from './persistent-subscriptions/groups.js';
import { persistentSubscriptions, persistentSubscriptionsService } from './persistent-subscriptions/service.js';
import { FiniteRead } from './read.js';
import { readRequest } from './read-request.js';
import type { RecentEvents } from './recent-events.js';
import { getSupportedMethods } from './server-features.js';
import { Subscription } from './subscription.js';
import { UnfinishedAppends } from './unfinished-appends.js';
import type { VisibleLog } from './visible-log.js';
import type { Writer } from './writer.js';

const asIs = (encoded: Buffer): Buffer => encoded;
const StreamsService = withCheckedRequests(streamsGrpc.StreamsService);

/** The generated service, except that messages which come by the thousand are coded by hand. */
const streamsService = {
  ...StreamsService,
  read: { ...StreamsService.read, responseSerialize: asIs },
  append: { ...StreamsService.append, requestDeserialize: decodeAppendRequest, responseSerialize: asIs },
  batchAppend: { ...StreamsService.batchAppend, requestDeserialize: decodeBatchAppendRequest, responseSerialize: asIs },
};

/** The largest message a client may send; the clients' own limit for what they receive. */
const MESSAGE_LIMIT = 17 * 1_048_576;

/**
 * How often a connection is asked whether it is alive, and how long it may take to say so. Node leaves the socket of a
 * peer that broke the rules of HTTP/2 open for good, even once the peer is gone: this is what closes it.
 */
const KEEPALIVE_MS = 10_000;

/** What the calls work on. */
export type Store = {
  readonly log: VisibleLog;
  readonly recent: RecentEvents;
  readonly writer: Writer;
  readonly groups: Groups;
};

/** Wires the calls to the store; a method that is not listed here answers UNIMPLEMENTED. */
export function createServer({ log, recent, writer, groups }: Store, calls: LiveCalls): Server {
  const unfinished = new UnfinishedAppends();
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_LIMIT,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_MS,
  });
  server.addService(withCheckedRequests(serverFeaturesGrpc.ServerFeaturesService), { getSupportedMethods });
  server.addService(streamsService, {
    read: (call: ReadCall) => {
      calls.add(call);
      try {
        const request = readRequest(call.request);
        const read =
          request.count === undefined
            ? new Subscription(call, log, recent, request)
            : new FiniteRead(call, log, request);
        read.start();
      } catch (error) {
        call.emit('error', toCallError(error));
      }
    },
    append: (call: ServerReadableStream<AppendRequest, Buffer>, answer: sendUnaryData<Buffer>) => {
      append(call, answer, writer, unfinished);
    },
    delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>) => {
      deleteStream(call.request, answer, writer);
    },
    tombstone: (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: sendUnaryData<TombstoneResp>) => {
      tombstoneStream(call.request, answer, writer);
    },
    batchAppend: (call: ServerDuplexStream<BatchAppendRequest, Buffer>) => {
      calls.add(call);
      new BatchAppend(call, writer, unfinished);
    },
  });
  server.addService(withCheckedRequests(persistentSubscriptionsService), persistentSubscriptions(groups, log, calls));
  return server;
}

/** Listens on this machine alone; returns the port. */
export async function listen(server: Server, port: number): Promise<number> {
  // The library would print a line of its own for each address that it cannot listen on.
  setLogVerbosity(logVerbosity.NONE);
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(cannotListen(port, error));
      else resolve(bound);
    });
  });
}

const cannotListen = (port: number, cause: Error): Error =>
  cause.message.includes('EADDRINUSE')
    ? new Error(`port ${port} of 127.0.0.1 is in use by another process`, { cause })
    : new Error(`cannot listen on 127.0.0.1:${port}: ${cause.message}`, { cause });
