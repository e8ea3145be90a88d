import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { afterAll, expect, it } from '@jest/globals';
import { eventually } from '../support/load.js';
import { rawClient, streamId } from './raw-calls.js';
import { event, events, idsOf, newStream, withStore } from './with-store.js';

/** What a subscriber is told, and in what order: clients tell of events and of the rest each by itself. */
const context = withStore();
const empty = () => new shared.Empty();
const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

function told(response: ReadResp): string {
  if (response.hasConfirmation()) return `confirmation ${response.getConfirmation()?.getSubscriptionId()}`;
  if (response.hasCheckpoint()) return `checkpoint ${response.getCheckpoint()?.getCommitPosition()}`;
  if (response.hasEvent()) return response.getEvent()?.getEvent()?.getId()?.getString() ?? '';
  return response.hasCaughtUp() ? 'caught up' : `something else: ${response.getContentCase()}`;
}

/** Subscribes; what is told comes into the array, in order. */
function subscribe(of: (options: ReadReq.Options) => unknown): string[] {
  const heard: string[] = [];
  const options = new streams.ReadReq.Options().setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  options.setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(empty())).setNoFilter(empty());
  of(options);
  const client = rawClient(context.store.port);
  const call = client.read(new streams.ReadReq().setOptions(options));
  call.on('data', (response: ReadResp) => heard.push(told(response)));
  call.on('error', () => undefined);
  ends.push(() => {
    call.cancel();
    client.close();
  });
  return heard;
}

const allAfter = (position: bigint) =>
  new streams.ReadReq.Options.AllOptions().setPosition(
    new streams.ReadReq.Options.Position().setCommitPosition(`${position}`).setPreparePosition(`${position}`),
  );

const confirmed = expect.stringMatching(/^confirmation [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Writes events; gives the position of the last. */
const write = async (stream: string, batch: ReturnType<typeof events>): Promise<bigint> =>
  (await context.client.appendToStream(stream, batch)).position?.commit ?? 0n;

it('is told first, and once, that there is a subscription, of which no other has the id; no checkpoints', async () => {
  const [stream, history, live] = [newStream(), events(40), events(40)];
  const before = await write(newStream(), events(1));
  await write(stream, history);
  const subscribers = [
    subscribe((options) => options.setAll(allAfter(before))),
    subscribe((options) =>
      options.setStream(
        new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(streamId(stream)).setStart(empty()),
      ),
    ),
  ];
  for (const heard of subscribers) await eventually('it has caught up', () => heard.at(-1) === 'caught up');
  await write(stream, live);
  for (const heard of subscribers) {
    await eventually('it is told all', () => heard.at(-1) === live.at(-1)?.id);
    expect(heard).toEqual([confirmed, ...idsOf(history), 'caught up', ...idsOf(live)]);
  }
  expect(subscribers[0]?.[0]).not.toBe(subscribers[1]?.[0]);
});

it('is told of a checkpoint right after the event it stands at, in history and live', async () => {
  const [type, other] = [newStream('Often'), event()];
  const filter = new streams.ReadReq.Options.FilterOptions().setCheckpointintervalmultiplier(1).setMax(1);
  filter.setEventType(new streams.ReadReq.Options.FilterOptions.Expression().setPrefixList([type]));
  const before = await write(newStream(), events(1));
  const [history, live] = [event(type), event(type)];
  const positions = [before + 1n, before + 2n, before + 3n, before + 4n];
  await write(newStream(), [history, other]);
  const heard = subscribe((options) => options.setAll(allAfter(before)).setFilter(filter));
  await eventually('it has caught up', () => heard.at(-1) === 'caught up');
  expect(await write(newStream(), [other, live])).toBe(positions[3]);
  const checkpoints = positions.map((position) => `checkpoint ${position}`);
  await eventually('it is told all', () => heard.at(-1) === checkpoints[3]);
  const [first, second, third, fourth] = checkpoints;
  expect(heard).toEqual([confirmed, history.id, first, second, 'caught up', third, live.id, fourth]);
});
