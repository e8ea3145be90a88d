import type { ResolvedEvent } from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';

/** Reads to the end, links and all. */
export async function records(read: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> {
  const found: ResolvedEvent[] = [];
  for await (const resolved of read) found.push(resolved);
  return found;
}

/** The ids of event and link of each record. */
const pairs = (found: ResolvedEvent[]) => found.map(({ event, link }) => [event?.id, link?.id]);

/** Links that were written like any other event. */
export function links(context: Contract): void {
  const { event, events, bytes } = context;
  const link = (data: string) => bytes('$>', data);
  const resolved = (stream: string, options = {}) =>
    records(context.client.readStream(stream, { resolveLinkTos: true, ...options }));

  it('come with what they lead to where that is asked for, and else alone', async () => {
    const [source, list, batch] = [newStream('a@b'), newStream(), events(3)];
    const [first, second] = [link(`2@${source}`), link(`0@${source}`)];
    await context.client.appendToStream(source, batch);
    await context.client.appendToStream(list, [first, second]);
    const expected = [
      [batch[2]?.id, first.id],
      [batch[0]?.id, second.id],
    ];
    expect(pairs(await resolved(list))).toEqual(expected);
    expect(pairs(await resolved(list, { direction: 'backwards', fromRevision: 'end' }))).toEqual(expected.toReversed());
    expect(pairs(await records(context.client.readStream(list)))).toEqual([
      [first.id, undefined],
      [second.id, undefined],
    ]);
  });

  it('tell the place of the link; the event has its own', async () => {
    const [source, list] = [newStream(), newStream()];
    await context.client.appendToStream(source, events(2));
    const { position } = await context.client.appendToStream(list, link(`1@${source}`));
    const [found] = await resolved(list);
    expect(found).toMatchObject({
      ...{ event: { streamId: source, revision: 1n }, commitPosition: position?.commit },
      link: { streamId: list, revision: 0n, type: '$>', isJson: false, position },
    });
    expect(found?.event?.position?.commit).toBeLessThan(position?.commit ?? 0n);
  });

  it('are followed one step and no further', async () => {
    const [source, list, lists, target] = [newStream(), newStream(), newStream(), event()];
    await context.client.appendToStream(source, target);
    const [once, twice] = [link(`0@${source}`), link(`0@${list}`)];
    await context.client.appendToStream(list, once);
    await context.client.appendToStream(lists, twice);
    expect(pairs(await resolved(lists))).toEqual([[once.id, twice.id]]);
  });

  it('come alone where they lead to nothing: never written, still to come, truncated, closed', async () => {
    const [truncated, closed, list] = [newStream(), newStream(), newStream()];
    for (const stream of [truncated, closed]) await context.client.appendToStream(stream, events(2));
    await context.client.setStreamMetadata(truncated, { truncateBefore: 1 });
    await context.client.tombstoneStream(closed);
    const [none, early] = [link(`0@${newStream()}`), link(`9@${list}`)];
    const [hidden, gone] = [link(`0@${truncated}`), link(`0@${closed}`)];
    await context.client.appendToStream(list, [none, early, hidden, gone]);
    expect(pairs(await resolved(list))).toEqual([none, early, hidden, gone].map(({ id }) => [undefined, id]));
  });

  it('come alone where what they lead to is deleted', async () => {
    const [deleted, list] = [newStream(), newStream()];
    await context.client.appendToStream(deleted, event());
    const broken = link(`0@${deleted}`);
    await context.client.appendToStream(list, broken);
    await context.client.deleteStream(deleted);
    expect(pairs(await resolved(list))).toEqual([[undefined, broken.id]]);
  });

  it.each(['nonsense', '', '@stream', '1.0@stream', '99999999999999999999@stream'])(
    'that name no revision are events like any other, and links to those who hear of them live: "%s"',
    async (data) => {
      const [list, odd] = [newStream(), link(data)];
      const subscription = context.client.subscribeToStream(list, { fromRevision: 'end', resolveLinkTos: true });
      await new Promise((done) => subscription.once('caughtUp', done));
      await context.client.appendToStream(list, odd);
      for await (const live of subscription) {
        expect(pairs([live])).toEqual([[undefined, odd.id]]);
        break;
      }
      expect(pairs(await resolved(list))).toEqual([[odd.id, undefined]]);
    },
  );

  it('name revisions as numbers of 64 bits, with a sign or without', async () => {
    const [source, list, target] = [newStream(), newStream(), event()];
    await context.client.appendToStream(source, target);
    const batch = [link(`+0@${source}`), link(`${2n ** 63n - 1n}@${source}`), link(`1234567890123456@${source}`)];
    await context.client.appendToStream(list, batch);
    expect(pairs(await resolved(list))).toEqual(
      batch.map(({ id }, index) => [index === 0 ? target.id : undefined, id]),
    );
  });

  it('are resolved in the whole log, and in subscriptions to it and to a stream', async () => {
    const [source, list, target] = [newStream(), newStream(), event()];
    await context.client.appendToStream(source, target);
    const first = link(`0@${source}`);
    const { position } = await context.client.appendToStream(list, first);
    const fromPosition = position ?? 'start';
    const inLog = await records(context.client.readAll({ resolveLinkTos: true, fromPosition, maxCount: 1 }));
    expect(pairs(inLog)).toEqual([[target.id, first.id]]);

    const live = link(`0@${source}`);
    const subscriptions = [
      context.client.subscribeToStream(list, { resolveLinkTos: true }),
      context.client.subscribeToAll({ resolveLinkTos: true, fromPosition }),
    ];
    const hear = async (subscription: AsyncIterable<ResolvedEvent>, count: number) => {
      const heard: ResolvedEvent[] = [];
      for await (const one of subscription) if (heard.push(one) === count) break;
      return pairs(heard);
    };
    const hearing = [hear(subscriptions[0] as never, 2), hear(subscriptions[1] as never, 1)];
    await Promise.all(subscriptions.map((one) => new Promise((done) => one.once('caughtUp', done))));
    await context.client.appendToStream(list, live);
    expect(await hearing[0]).toEqual([
      [target.id, first.id],
      [target.id, live.id],
    ]);
    expect(await hearing[1]).toEqual([[target.id, live.id]]);
  });

  it('come alone once what they lead to is too old', async () => {
    const [source, list] = [newStream(), newStream()];
    await context.client.appendToStream(source, event());
    const broken = link(`0@${source}`);
    await context.client.appendToStream(list, broken);
    await context.client.setStreamMetadata(source, { maxAge: 1 });
    let found = await resolved(list);
    while (found[0]?.event) found = await resolved(list);
    expect(pairs(found)).toEqual([[undefined, broken.id]]);
  });

  it('to what comes later are resolved once it is there', async () => {
    const [source, list, batch] = [newStream(), newStream(), events(1)];
    const early = link(`0@${source}`);
    await context.client.appendToStream(list, early);
    expect(pairs(await resolved(list))).toEqual([[undefined, early.id]]);
    await context.client.appendToStream(source, batch);
    expect(pairs(await resolved(list))).toEqual([[idsOf(batch)[0], early.id]]);
  });
}
