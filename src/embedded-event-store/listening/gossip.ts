import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import gossipProtocol from '@eventstore/db-client/generated/gossip_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { addressIn } from './authority.js';
import type { Address } from './authority.js';

/** A tick is 100 nanoseconds. */
const TICKS_PER_MILLISECOND = 10_000n;

/** Tells clients that look for a cluster of the one node there is, at the very address by which they found it. */
export const gossip =
  (instanceId: string, listensAt: () => Address) =>
  (call: ServerUnaryCall<unknown, ClusterInfo>, answer: sendUnaryData<ClusterInfo>): void => {
    const { address, port } = addressIn(call.getHost(), listensAt());
    const member = new gossipProtocol.MemberInfo()
      .setInstanceId(new shared.UUID().setString(instanceId))
      .setTimeStamp(`${BigInt(Date.now()) * TICKS_PER_MILLISECOND}`)
      .setState(gossipProtocol.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossipProtocol.EndPoint().setAddress(address).setPort(port));
    answer(null, new gossipProtocol.ClusterInfo().setMembersList([member]));
  };
