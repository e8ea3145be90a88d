import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { VERSION } from './listening/node.js';

const GROUPS = 'event_store.client.persistent_subscriptions.persistentsubscriptions';
const STREAMS = 'event_store.client.streams.streams';

/** Newer clients compare these names letter by letter, in lower case. */
const METHODS: readonly [service: string, method: string, ...features: string[]][] = [
  [STREAMS, 'append'],
  [STREAMS, 'batchappend', 'deadline_duration'],
  [STREAMS, 'delete'],
  [STREAMS, 'tombstone'],
  [STREAMS, 'read', 'position', 'events'],
  ...['create', 'update', 'delete', 'read', 'getinfo', 'list', 'replayparked', 'restartsubsystem'].map(
    (method): [string, string, ...string[]] => [GROUPS, method, 'stream', 'all'],
  ),
  ['event_store.client.gossip.gossip', 'read'],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods'],
];

/** Answers what this store can do. It must not fail: the client remembers a failure for as long as it lives. */
export function getSupportedMethods(
  _: ServerUnaryCall<unknown, SupportedMethods>,
  answer: sendUnaryData<SupportedMethods>,
): void {
  const response = new serverFeatures.SupportedMethods();
  response.setEventStoreServerVersion(VERSION);
  for (const [service, name, ...features] of METHODS) {
    const method = new serverFeatures.SupportedMethod();
    method.setServiceName(service);
    method.setMethodName(name);
    method.setFeaturesList(features);
    response.addMethods(method);
  }
  answer(null, response);
}
