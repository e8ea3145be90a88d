import { randomUUID } from 'node:crypto';
import { ANY, binaryEvent, jsonEvent, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import type { AppendExpectedRevision, AppendToStreamOptions } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { collect, event, events, idsOf, newStream, withStore } from './with-store.js';

const context = withStore();

/** Credentials for one call make the client use the call for a single append. */
const CALLS: [string, AppendToStreamOptions][] = [
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'someone', password: 'secret' } }],
];

describe.each(CALLS)('%s', (_, options) => {
  const append = (stream: string, batch: ReturnType<typeof events>, expectedRevision: AppendExpectedRevision) =>
    context.client.appendToStream(stream, batch, { ...options, expectedRevision });

  it('stores what it was given', async () => {
    const stream = newStream('straße-日本');
    const [json, binary] = [
      jsonEvent({ id: randomUUID(), type: 'Json', data: { text: 'ü' }, metadata: { by: 'me' } }),
      binaryEvent({ id: randomUUID(), type: 'Binary', data: Buffer.from([0, 255, 7]), metadata: Buffer.from([1]) }),
    ];
    const before = Date.now();
    const result = await context.client.appendToStream(stream, [json, binary], {
      ...options,
      expectedRevision: NO_STREAM,
    });
    const [first, second] = await collect(context.client.readStream(stream));

    expect(result).toMatchObject({ success: true, nextExpectedRevision: 1n, position: second?.position });
    expect(first).toMatchObject({
      id: json.id,
      type: 'Json',
      data: json.data,
      metadata: json.metadata,
      streamId: stream,
      revision: 0n,
      isJson: true,
    });
    expect(second).toMatchObject({ id: binary.id, type: 'Binary', revision: 1n, isJson: false });
    expect([second?.data, second?.metadata].map((bytes) => Buffer.from(bytes as Uint8Array).toString('hex'))).toEqual([
      '00ff07',
      '01',
    ]);
    expect(first?.created.getTime()).toBeGreaterThanOrEqual(before);
    expect(first?.created.getTime()).toBeLessThanOrEqual(Date.now());
    expect(Number(second?.position?.commit)).toBe(Number(first?.position?.commit) + 1);
  });

  it.each<[AppendExpectedRevision, number, bigint | 'refused']>([
    [ANY, 0, 0n],
    [NO_STREAM, 0, 0n],
    [STREAM_EXISTS, 0, 'refused'],
    [0n, 0, 'refused'],
    [ANY, 2, 2n],
    [STREAM_EXISTS, 2, 2n],
    [NO_STREAM, 2, 'refused'],
    [0n, 2, 'refused'],
    [1n, 2, 2n],
    [2n, 2, 'refused'],
  ])('expecting %s of a stream of %i events: %s', async (expected, length, outcome) => {
    const stream = newStream();
    if (length > 0) await append(stream, events(length), NO_STREAM);
    const appending = append(stream, events(1), expected);
    if (outcome === 'refused') {
      await expect(appending).rejects.toMatchObject({
        type: 'wrong-expected-version',
        streamName: stream,
        expectedVersion: expected,
        actualVersion: length > 0 ? BigInt(length - 1) : NO_STREAM,
      });
    } else {
      await expect(appending).resolves.toMatchObject({ success: true, nextExpectedRevision: outcome });
    }
  });

  it('answers an append made again as it did the first time, and writes nothing', async () => {
    const stream = newStream();
    const batch = events(2);
    const first = await append(stream, batch, NO_STREAM);
    await append(stream, events(1), 1n);

    await expect(append(stream, batch, NO_STREAM)).resolves.toEqual(first);
    await expect(append(stream, batch, ANY)).resolves.toEqual(first);
    expect(await collect(context.client.readStream(stream))).toHaveLength(3);
  });

  it('appends nothing where it is given nothing', async () => {
    const stream = newStream();
    await append(stream, events(2), NO_STREAM);

    await expect(append(stream, [], 1n)).resolves.toMatchObject({ success: true, nextExpectedRevision: 1n });
    await expect(append(stream, [], 0n)).rejects.toMatchObject({ type: 'wrong-expected-version' });
    expect(await collect(context.client.readStream(stream))).toHaveLength(2);
  });

  it('takes a mebibyte at once and no more', async () => {
    const sized = (size: number) => binaryEvent({ type: 'Big', data: Buffer.alloc(size - 2 * 'Big'.length) });
    const [fits, tooLarge] = [newStream(), newStream()];

    await expect(append(fits, [sized(1_048_576)] as never, NO_STREAM)).resolves.toMatchObject({ success: true });
    await expect(append(tooLarge, [sized(1_048_577)] as never, NO_STREAM)).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1_048_576,
    });
    await expect(collect(context.client.readStream(tooLarge))).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('writes events with the same id, even in one append', async () => {
    const [twin, stream, other] = [event(), newStream(), newStream()];
    await append(stream, [twin, twin], NO_STREAM);
    await append(other, [twin], NO_STREAM);

    expect(idsOf(await collect(context.client.readStream(stream)))).toEqual([twin.id, twin.id]);
    expect(idsOf(await collect(context.client.readStream(other)))).toEqual([twin.id]);
  });

  it.each(['', '$$', '$all'])('refuses a stream called "%s"', async (stream) => {
    await expect(append(stream, events(1), ANY)).rejects.toMatchObject({ type: 'unknown' });
  });
});

it('decides each of many appends at once on its own', async () => {
  const stream = newStream();
  const attempts = Array.from({ length: 50 }, () =>
    context.client.appendToStream(stream, events(1), { expectedRevision: NO_STREAM }),
  );
  const outcomes = await Promise.allSettled(attempts);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await collect(context.client.readStream(stream))).toHaveLength(1);
});
