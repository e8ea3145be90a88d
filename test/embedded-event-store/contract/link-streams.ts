import type { ResolvedEvent } from '@eventstore/db-client';
import { expect } from '@jest/globals';
import { idsOf, newStream } from '../recorded.js';
import type { Contract } from './contract.js';
import { records } from './links.js';
import { notFound } from './states.js';

/** A category, and a type, that no other test writes to. */
const fresh = () => newStream('').replaceAll('-', '');
const targets = (found: ResolvedEvent[]) => found.map(({ event }) => event?.id);

/** They are there without being asked for, and at once; the original has to be told, and takes its time. */
export function linkStreams(context: Contract): void {
  const { library, event, events, ours } = context;
  const read = (stream: string, options = {}) => records(context.client.readStream(stream, options));
  const resolved = (stream: string, options = {}) => read(stream, { ...options, resolveLinkTos: true });

  ours('list events in the order of the log, as links', async () => {
    const [category, type] = [fresh(), fresh()];
    const [first, second, other] = [event(type), event(type), event()];
    await context.client.appendToStream(`${category}-a-1`, [first, other]);
    await context.client.appendToStream(`${category}-b`, second);

    const source = await read(`${category}-a-1`);
    const [link] = await read(`$ce-${category}`);
    expect(link?.link).toBeUndefined();
    expect(link?.event).toMatchObject({
      ...{ type: '$>', streamId: `$ce-${category}`, revision: 0n, isJson: false },
      position: source[0]?.event?.position,
      created: source[0]?.event?.created,
      metadata: { $o: `${category}-a-1`, $causedBy: first.id, $p: Number(source[0]?.event?.position?.commit) },
    });
    expect(Buffer.from(link?.event?.data as Uint8Array).toString()).toBe(`0@${category}-a-1`);
    expect(targets(await resolved(`$ce-${category}`))).toEqual(idsOf([first, other, second]));
    expect(targets(await resolved(`$et-${type}`))).toEqual(idsOf([first, second]));
  });

  ours('give an event together with its link', async () => {
    const category = fresh();
    const batch = events(2);
    await context.client.appendToStream(`${category}-1`, batch);
    const links = await read(`$ce-${category}`);
    const [first, second] = await resolved(`$ce-${category}`);
    expect([first?.link, second?.link]).toEqual(links.map((found) => found.event));
    expect(second?.event).toMatchObject({ id: batch[1]?.id, streamId: `${category}-1`, revision: 1n });
    expect(second?.commitPosition).toBe(second?.event?.position?.commit);
  });

  ours('give each link an id of its own, the same every time', async () => {
    const [category, type, twin] = [fresh(), fresh(), newStream('').slice(1)];
    const twins = ['a', 'b'].map((name) => library.jsonEvent({ id: twin, type, data: { name } }));
    for (const [index, one] of twins.entries()) await context.client.appendToStream(`${category}-${index}`, one);
    const ids = async () =>
      [...(await read(`$ce-${category}`)), ...(await read(`$et-${type}`))].map(({ event }) => event?.id);
    const found = await ids();
    expect(new Set(found).size).toBe(4);
    expect(found).toEqual(await ids());
    for (const id of found) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  ours('are read from any place, in both directions, in pages', async () => {
    const [category, batch] = [fresh(), events(300)];
    await context.client.appendToStream(`${category}-1`, batch);
    const ids = idsOf(batch);
    const stream = `$ce-${category}`;
    expect(targets(await resolved(stream))).toEqual(ids);
    expect(targets(await resolved(stream, { fromRevision: 290n, maxCount: 3 }))).toEqual(ids.slice(290, 293));
    expect(targets(await resolved(stream, { direction: 'backwards', fromRevision: 'end' }))).toEqual(ids.toReversed());
    expect(targets(await resolved(stream, { direction: 'backwards', fromRevision: 1n }))).toEqual([ids[1], ids[0]]);
  });

  ours('are followed from history into what comes', async () => {
    const [category, batch] = [fresh(), events(4)];
    await context.client.appendToStream(`${category}-1`, batch.slice(0, 2));
    const heard: (string | undefined)[] = [];
    const subscription = context.client.subscribeToStream(`$ce-${category}`, {
      fromRevision: 'start',
      resolveLinkTos: true,
    });
    for await (const { event: target, link } of subscription) {
      heard.push(`${link?.revision}:${target?.id}`);
      if (heard.length === 2) {
        await context.client.appendToStream(`${category}-2`, batch[2] as never);
        await context.client.appendToStream(fresh(), events(1));
        await context.client.appendToStream(`${category}-1`, batch[3] as never);
      }
      if (heard.length === 4) break;
    }
    expect(heard).toEqual(batch.map(({ id }, index) => `${index}:${id}`));
  });

  ours('leave out system streams and streams without a category, and do not show in the log', async () => {
    const [name, type] = [fresh(), fresh()];
    await context.client.appendToStream(`$${name}-1`, event(type));
    await context.client.appendToStream(name, event());
    await context.client.appendToStream(`-${name}`, event());
    for (const stream of [`$ce-$${name}`, `$et-${type}`, `$ce-${name}`, '$ce-']) {
      await expect(read(stream)).rejects.toMatchObject(notFound(stream));
    }
    const log = await records(context.client.readAll());
    expect(log.filter(({ event: found }) => found?.streamId.startsWith('$ce-'))).toEqual([]);
  });

  ours('count on after an append that was refused', async () => {
    const [category, batch] = [fresh(), events(2)];
    await context.client.appendToStream(`${category}-1`, batch[0] as never);
    await expect(
      context.client.appendToStream(`${category}-1`, event(), { expectedRevision: 7n }),
    ).rejects.toMatchObject({ type: 'wrong-expected-version' });
    await context.client.appendToStream(`${category}-1`, batch[1] as never);
    expect((await read(`$ce-${category}`)).map(({ event: link }) => link?.revision)).toEqual([0n, 1n]);
  });

  ours.each(['$ce-user', '$et-Happened'])('cannot be appended to: %s', async (stream) => {
    await expect(context.client.appendToStream(stream, event())).rejects.toThrow('BadRequest');
    const classic = { credentials: { username: 'someone', password: 'secret' } };
    await expect(context.client.appendToStream(stream, event(), classic)).rejects.toThrow('the store itself keeps');
  });

  ours('counts in its category under what it leads to, and under no type', async () => {
    const [category, target] = [fresh(), event()];
    await context.client.appendToStream(`x${category}`, target);
    await context.client.appendToStream(`${category}-1`, context.bytes('$>', `0@x${category}`));
    expect(targets(await resolved(`$ce-${category}`))).toEqual([target.id]);
    await expect(read('$et-$>')).rejects.toMatchObject({ type: 'stream-not-found' });
  });
}
