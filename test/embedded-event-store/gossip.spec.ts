import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { MemberInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { addressIn } from '../../src/embedded-event-store/listening/authority.js';
import { describeDiscovery } from './discovery.js';
import { withStore } from './with-store.js';

describe('the client of EventStoreDB', () => {
  describeDiscovery('esdb');
});

describe('the answer', () => {
  const context = withStore();

  async function membersAt(host: string, authority?: string): Promise<MemberInfo[]> {
    const target = `${host}:${context.store.port}`;
    const options = authority === undefined ? {} : { 'grpc.default_authority': authority };
    const client = new gossipGrpc.GossipClient(target, credentials.createInsecure(), options);
    const members = await new Promise<MemberInfo[]>((resolve, reject) => {
      client.read(new shared.Empty(), (error, response) => {
        if (error) reject(error);
        else resolve(response.getMembersList());
      });
    });
    client.close();
    return members;
  }

  it('is one living leader, just now', async () => {
    const before = BigInt(Date.now()) * 10_000n;
    const [member, ...others] = await membersAt('localhost');
    expect(others).toEqual([]);
    expect(member?.getState()).toBe(gossip.MemberInfo.VNodeState.LEADER);
    expect(member?.getIsAlive()).toBe(true);
    expect(member?.getInstanceId()?.getString()).toMatch(/^[0-9a-f-]{36}$/);
    const ticks = BigInt(member?.getTimeStamp() ?? 0);
    expect(ticks).toBeGreaterThanOrEqual(before);
    expect(ticks).toBeLessThanOrEqual(BigInt(Date.now()) * 10_000n);
  });

  it.each([
    ['127.0.0.1', undefined, '127.0.0.1', undefined],
    ['localhost', undefined, 'localhost', undefined],
    ['127.0.0.1', 'store.example.com:443', 'store.example.com', 443],
  ])('is at the address dialled: %s, as %s', async (host, authority, address, port) => {
    const [member] = await membersAt(host, authority);
    const endPoint = member?.getHttpEndPoint();
    expect([endPoint?.getAddress(), endPoint?.getPort()]).toEqual([address, port ?? context.store.port]);
  });
});

it.each([
  ['localhost:2113', 'localhost', 2113],
  ['localhost', 'localhost', 9],
  ['[::1]:2113', '[::1]', 2113],
  ['[::1]', '[::1]', 9],
  ['', 'fallback', 9],
  ['a:b:c', 'fallback', 9],
  ['localhost:port', 'fallback', 9],
])('the authority %j is of %s and %i', (authority, address, port) => {
  expect(addressIn(authority, { address: 'fallback', port: 9 })).toEqual({ address, port });
});
