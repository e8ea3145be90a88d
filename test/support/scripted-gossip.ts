import type grpc from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';

export type GossipCallback = grpc.sendUnaryData<gossip.ClusterInfo>;

/** A cluster of one node, which leads it. */
export function clusterOf(port: number): gossip.ClusterInfo {
  const leader = new gossip.MemberInfo()
    .setState(gossip.MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port));
  return new gossip.ClusterInfo().setMembersList([leader]);
}
