import { binaryEvent, EventStoreDBClient, START } from '@eventstore/db-client';
import type { ResolvedEvent } from '@eventstore/db-client';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { eventually } from '../support/load.js';
import { rawClient, streamId } from './raw-calls.js';

const MEBIBYTE = 1_048_576;

/** What a process holds in memory, in bytes. */
const residentBytes = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;

it('holds no more than a little for a subscriber that does not read, which misses nothing later (23.10 ends it: ABORTED)', async () => {
  const store = await startEmbeddedEventStore();
  const client = EventStoreDBClient.connectionString(store.url);
  const empty = new shared.Empty();
  const options = new streams.ReadReq.Options();
  options.setAll(new streams.ReadReq.Options.AllOptions().setStart(empty)).setNoFilter(empty);
  options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  const raw = rawClient(store.port);
  const call = raw.read(new streams.ReadReq().setOptions(options));
  const revisions: number[] = [];
  const caughtUp = new Promise<void>((resolve) =>
    call.on('data', (response: ReadResp) => {
      if (response.hasCaughtUp()) resolve();
      const event = response.getEvent()?.getEvent();
      if (event) revisions.push(Number(event.getStreamRevision()));
    }),
  );
  await caughtUp;
  call.pause();

  const before = residentBytes(store.process.pid);
  for (let revision = 0; revision < 200; revision++) {
    await client.appendToStream('large', binaryEvent({ type: 'Large', data: Buffer.alloc(MEBIBYTE - 100) }));
  }
  expect(residentBytes(store.process.pid) - before).toBeLessThan(150 * MEBIBYTE);

  const all = new Promise<void>((resolve) =>
    call.on('data', () => {
      if (revisions.length === 200) resolve();
    }),
  );
  call.resume();
  await all;
  expect(revisions).toEqual(Array.from({ length: 200 }, (_, index) => index));
  call.on('error', () => undefined);
  call.cancel();
  raw.close();
  await client.dispose();
  await store.stop();
});

const empty = () => new shared.Empty();
const all = () => new streams.ReadReq.Options.AllOptions().setStart(empty());
const stream = (name: string) =>
  new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(streamId(name)).setStart(empty());
const large = () => new streams.ReadReq.Options.FilterOptions.Expression().setPrefixList(['large']);
const filter = () => new streams.ReadReq.Options.FilterOptions().setCheckpointintervalmultiplier(9).setCount(empty());

it.each<[string, (options: ReadReq.Options) => unknown]>([
  ['the whole log', (options) => options.setAll(all()).setNoFilter(empty())],
  ['what a filter leaves of it', (options) => options.setAll(all()).setFilter(filter().setStreamIdentifier(large()))],
  ['a stream', (options) => options.setStream(stream('large-1')).setNoFilter(empty())],
  ['a stream of links', (options) => options.setStream(stream('$ce-large')).setNoFilter(empty()).setResolveLinks(true)],
])(
  'is told once that it has caught up, and again when it had fallen behind, as by newer servers (23.10 ends it): %s',
  async (_, of) => {
    const store = await startEmbeddedEventStore();
    const [client, raw] = [EventStoreDBClient.connectionString(store.url), rawClient(store.port)];
    const write = async (count: number) => {
      for (let turn = 0; turn < count; turn++)
        await client.appendToStream('large-1', binaryEvent({ type: 'Large', data: Buffer.alloc(MEBIBYTE - 100) }));
    };
    const options = new streams.ReadReq.Options().setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
    of(options);
    await write(1);
    const call = raw.read(new streams.ReadReq().setOptions(options));
    const heard: string[] = [];
    call.on('data', (response: ReadResp) => {
      if (response.hasCaughtUp()) heard.push('caught up');
      if (response.hasFellBehind()) heard.push('fell behind');
      if (response.hasEvent()) heard.push(response.getEvent()?.getEvent()?.getStreamRevision() ?? '');
    });
    call.on('error', () => undefined);
    await eventually('it has caught up', () => heard.includes('caught up'));
    await write(2);
    await eventually('it has gone on', () => heard.includes('2'));
    call.pause();
    // More than the connection and the client hold by themselves.
    await write(40);
    call.resume();
    await eventually('it has caught up again', () => heard.at(-1) === 'caught up');
    const revisions = Array.from({ length: 43 }, (_, index) => `${index}`);
    expect(heard).toEqual(['0', 'caught up', ...revisions.slice(1), 'caught up']);
    call.cancel();
    raw.close();
    await client.dispose();
    await store.stop();
  },
);

it('goes back to storage for what memory no longer holds', async () => {
  const store = await startEmbeddedEventStore();
  const client = EventStoreDBClient.connectionString(store.url);
  const ofStream = client.subscribeToStream('busy', { fromRevision: START });
  const ofAll = client.subscribeToAll({ fromPosition: { commit: 1n, prepare: 1n } });
  for (let append = 0; append < 30; append++) {
    await client.appendToStream(
      'busy',
      Array.from({ length: 300 }, () => binaryEvent({ type: 'T', data: Buffer.alloc(0) })),
    );
  }
  const all = Array.from({ length: 9_000 }, (_, index) => BigInt(index));
  expect(await revisions(ofStream, 9_000)).toEqual(all);
  expect(await revisions(ofAll, 8_999)).toEqual(all.slice(1));
  await client.dispose();
  await store.stop();
});

async function revisions(subscription: AsyncIterable<ResolvedEvent>, count: number): Promise<bigint[]> {
  const heard = [];
  for await (const { event } of subscription) {
    if (event) heard.push(event.revision);
    if (heard.length === count) break;
  }
  return heard;
}
