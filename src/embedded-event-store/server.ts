import { logVerbosity, Server, setLogVerbosity } from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
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
import { onlyAdminIs } from './listening/access.js';
import { gossip } from './listening/gossip.js';
import type { Address } from './listening/authority.js';
import { guarded, mayBeAppendedTo, STREAM_RULES } from './listening/guarded.js';
import type { User } from './listening/user.js';
import type { LiveCalls } from './live-calls.js';
import type { Groups } from './persistent-subscriptions/groups.js';
import { persistentSubscriptions, persistentSubscriptionsService } from './persistent-subscriptions/service.js';
import type { MayAppend } from './proposed-events.js';
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

/** As whom a node answers, and to whom. */
type Identity = {
  readonly instanceId: string;
  readonly listensAt: () => Address;
  /** Who alone may read and write; undefined: everybody, as the original has it without encryption. */
  readonly user: User | undefined;
};

/** Wires the calls to the store; a method that is not listed here answers UNIMPLEMENTED. */
export function createServer(store: Store, calls: LiveCalls, { instanceId, listensAt, user }: Identity): Server {
  // The library would print lines of its own.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_LIMIT,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_MS,
  });
  // These two are asked before a client thinks of its password.
  server.addService(withCheckedRequests(serverFeaturesGrpc.ServerFeaturesService), { getSupportedMethods });
  server.addService(withCheckedRequests(gossipGrpc.GossipService), { read: gossip(instanceId, listensAt) });
  const protect = (
    service: ServiceDefinition,
    implementation: UntypedServiceImplementation,
    forAnonymous: UntypedServiceImplementation = {},
  ): void => {
    const guard = user && guarded(service, implementation, onlyAdminIs(user), STREAM_RULES, forAnonymous);
    server.addService(service, guard ?? implementation);
  };
  const unfinished = new UnfinishedAppends();
  const { batchAppend } = appendCalls(store, calls, unfinished, () => false);
  const appends = appendCalls(store, calls, unfinished, user ? mayBeAppendedTo : () => true);
  protect(streamsService, { ...streamCalls(store, calls), ...appends }, { batchAppend });
  const consumers = persistentSubscriptions(store.groups, store.log, calls, user?.name);
  protect(withCheckedRequests(persistentSubscriptionsService), consumers);
  return server;
}

function streamCalls({ log, recent, writer }: Store, calls: LiveCalls): UntypedServiceImplementation {
  return {
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
    delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>) => {
      deleteStream(call.request, answer, writer);
    },
    tombstone: (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: sendUnaryData<TombstoneResp>) => {
      tombstoneStream(call.request, answer, writer);
    },
  };
}

/** The appends in parts of a caller who may make none are answered each, for a client has them all in one call. */
function appendCalls({ writer }: Store, calls: LiveCalls, unfinished: UnfinishedAppends, mayAppend: MayAppend) {
  return {
    append: (call: ServerReadableStream<AppendRequest, Buffer>, answer: sendUnaryData<Buffer>) => {
      append(call, answer, writer, unfinished, mayAppend);
    },
    batchAppend: (call: ServerDuplexStream<BatchAppendRequest, Buffer>) => {
      calls.add(call);
      new BatchAppend(call, writer, unfinished, mayAppend);
    },
  };
}
