import { randomUUID } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import googleEmpty from 'google-protobuf/google/protobuf/empty_pb.js';
import { describe, expect, it } from '@jest/globals';
import { batch, chunk, proposed, rawClient, read, streamId } from './raw-calls.js';
import { events, newStream, withStore } from './with-store.js';

/** How each call tells each error on the wire: status, trailers, and messages within an answer. */
const context = withStore();
const empty = () => new shared.Empty();
const [SS, SS_ENCODED] = ['straße@日本 ~', 'stra%C3%9Fe@%E6%97%A5%E6%9C%AC ~'];

type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint | undefined;
type Settable = {
  setAny(value: shared.Empty): unknown;
  setNoStream(value: shared.Empty): unknown;
  setStreamExists(value: shared.Empty): unknown;
  setRevision(value: string): unknown;
};
function expecting<Options extends Settable>(options: Options, expected: Expected): Options {
  if (expected === 'any') options.setAny(empty());
  else if (expected === 'no_stream') options.setNoStream(empty());
  else if (expected === 'stream_exists') options.setStreamExists(empty());
  else if (expected !== undefined) options.setRevision(`${expected}`);
  return options;
}

type Fields = Record<string, unknown>;
/** Fields that are set, by name. */
const set = (given: Fields): Fields =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** The error a call ends with; to end without one is a failure of the test. */
const errorOf = (call: (done: (error: ServiceError | null) => void) => void) =>
  new Promise<ServiceError>((resolve, reject) => {
    call((error) => {
      if (error) resolve(error);
      else reject(new Error('the call went well'));
    });
  });
const trailersOf = (error: ServiceError) => {
  const { exception, 'stream-name': name, ...rest } = error.metadata.getMap();
  const { 'expected-version': expected, 'actual-version': actual } = rest;
  return { code: error.code, exception, name, ...(expected !== undefined && { expected, actual }) };
};

const removing = {
  Delete: (stream: string, expected: Expected) => (done: (error: ServiceError | null) => void) => {
    const options = expecting(new streams.DeleteReq.Options().setStreamIdentifier(streamId(stream)), expected);
    rawClient(context.store.port).delete(new streams.DeleteReq().setOptions(options), done);
  },
  Tombstone: (stream: string, expected: Expected) => (done: (error: ServiceError | null) => void) => {
    const options = expecting(new streams.TombstoneReq.Options().setStreamIdentifier(streamId(stream)), expected);
    rawClient(context.store.port).tombstone(new streams.TombstoneReq().setOptions(options), done);
  },
};
const answered = (call: (done: (error: ServiceError | null) => void) => void) =>
  new Promise<'done' | ServiceError>((resolve) => {
    call((error) => {
      resolve(error ?? 'done');
    });
  });

async function make(state: 'absent' | 'described' | 'filled' | 'deleted' | 'closed', stream = newStream()) {
  if (state === 'described') await context.client.setStreamMetadata(stream, {});
  if (state === 'filled' || state === 'deleted') await context.client.appendToStream(stream, events(2));
  if (state === 'deleted') await context.client.deleteStream(stream);
  if (state === 'closed') await context.client.tombstoneStream(stream);
  return stream;
}

describe.each(['Delete', 'Tombstone'] as const)('%s', (name) => {
  const remove = removing[name];

  it.each<[Expected, string]>([
    ['stream_exists', '-4'],
    [7n, '7'],
    ...(name === 'Delete'
      ? ([
          ['any', '-2'],
          ['no_stream', '-1'],
        ] as [Expected, string][])
      : []),
  ])('tells a conflict by trailers, expecting %s of a stream that never was: %s', async (expected, code) => {
    const stream = newStream();
    expect(trailersOf(await errorOf(remove(stream, expected)))).toEqual({
      ...{ code: status.FAILED_PRECONDITION, exception: 'wrong-expected-version', name: stream },
      ...{ expected: code, actual: '-1' },
    });
  });

  it('tells names in trailers in printable letters, the rest of them encoded', async () => {
    const stream = await make('filled', `${SS}${randomUUID()}`);
    const encoded = stream.replace(SS, SS_ENCODED);
    expect(trailersOf(await errorOf(remove(stream, 9n)))).toEqual({
      ...{ code: status.FAILED_PRECONDITION, exception: 'wrong-expected-version', name: encoded },
      ...{ expected: '9', actual: '1' },
    });
    await context.client.tombstoneStream(stream);
    const error = await errorOf(remove(stream, 'any'));
    expect(trailersOf(error)).toEqual({
      ...{ code: status.FAILED_PRECONDITION, exception: 'stream-deleted', name: encoded },
    });
    expect(error.details).toContain(stream);
  });

  it.each<[Parameters<typeof make>[0], 'done' | 'wrong-expected-version' | 'stream-deleted']>([
    ['absent', 'wrong-expected-version'],
    ['described', 'done'],
    ['filled', 'done'],
    ['deleted', 'stream-deleted'],
    ['closed', 'stream-deleted'],
  ])('of a stream that is %s and is to exist: %s', async (state, outcome) => {
    const answer = await answered(remove(await make(state), 'stream_exists'));
    expect(answer === 'done' ? answer : trailersOf(answer).exception).toBe(outcome);
  });

  it.each<[string, string, Expected]>([
    ['no expected revision', 'stream', undefined],
    ['a revision that no stream can have', 'stream', 2n ** 63n],
    ['an empty stream name', '', 'any'],
  ])('refuses %s', async (_, stream, expected) => {
    expect(await errorOf(remove(stream, expected))).toMatchObject({ code: status.INVALID_ARGUMENT });
  });
});

describe('Append', () => {
  const send = (stream: string, expected: Expected, data = '{}') =>
    new Promise<AppendResp>((resolve, reject) => {
      const call = rawClient(context.store.port).append((error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
      const options = new streams.AppendReq.Options().setStreamIdentifier(streamId(stream));
      call.write(new streams.AppendReq().setOptions(expecting(options, expected)));
      const event = new streams.AppendReq.ProposedMessage().setId(new shared.UUID().setString(randomUUID()));
      event.getMetadataMap().set('type', 'T').set('content-type', 'application/json').set('color', 'blue');
      call.write(new streams.AppendReq().setProposedMessage(event.setData(Buffer.from(data))));
      call.end();
    });
  const failure = async (...given: Parameters<typeof send>) =>
    send(...given).then(
      () => Promise.reject(new Error('the call went well')),
      (error: unknown) => trailersOf(error as ServiceError),
    );

  it.each<[Expected, 'absent' | 'filled', Fields]>([
    [7n, 'absent', { expectedRevision: '7', expectedRevision2060: 7, currentNoStream: {}, noStream2060: {} }],
    [7n, 'filled', { expectedRevision: '7', expectedRevision2060: 7, currentRevision: '1', currentRevision2060: 1 }],
    [
      'stream_exists',
      'absent',
      { expectedStreamExists: {}, streamExists2060: {}, currentNoStream: {}, noStream2060: {} },
    ],
    [
      'no_stream',
      'filled',
      {
        ...{ expectedNoStream: {}, expectedRevision2060: 2 ** 64 },
        ...{ currentRevision: '1', currentRevision2060: 1 },
      },
    ],
  ])(
    'tells a conflict in the terms of new clients and old ones, expecting %s of a stream that is %s',
    async (...row) => {
      const [expected, state, fields] = row;
      const answer = (await send(await make(state), expected)).getWrongExpectedVersion()?.toObject() as Fields;
      // What the generated class gives for members that are not set.
      const unset = { currentRevision2060: 0, expectedRevision2060: 0, currentRevision: '0', expectedRevision: '0' };
      expect(set(answer)).toEqual({ ...unset, ...fields });
    },
  );

  it('tells what ends it by trailers', async () => {
    const stream = await make('closed', `${SS}${randomUUID()}`);
    expect(await failure(stream, 'any')).toEqual({
      ...{ code: status.FAILED_PRECONDITION, exception: 'stream-deleted', name: stream.replace(SS, SS_ENCODED) },
    });
    const deleted = await make('deleted');
    expect(await failure(deleted, 'stream_exists')).toEqual({
      ...{ code: status.FAILED_PRECONDITION, exception: 'stream-deleted', name: deleted },
    });
    expect(await failure(newStream(), 'any', 'x'.repeat(1_048_577))).toEqual({
      ...{ code: status.INVALID_ARGUMENT, exception: 'maximum-append-size-exceeded', name: undefined },
    });
  });

  it('keeps what is called JSON without looking, and clients show it as it is', async () => {
    const stream = newStream();
    await send(stream, 'any', '{"half":');
    for await (const { event } of context.client.readStream(stream)) {
      expect(event).toMatchObject({ isJson: true, data: '{"half":' });
    }
  });
});

describe('BatchAppend', () => {
  const send = async (stream: string, expected: Expected) => {
    const request = chunk(randomUUID(), { to: stream, events: [proposed(randomUUID())] });
    const options = request.getOptions();
    options?.clearAny();
    if (expected === 'any') options?.setAny(new googleEmpty.Empty());
    if (expected === 'no_stream') options?.setNoStream(new googleEmpty.Empty());
    if (expected === 'stream_exists') options?.setStreamExists(new googleEmpty.Empty());
    if (typeof expected === 'bigint') options?.setStreamPosition(`${expected}`);
    const { heard, call } = await batch(context.store.port, [request], 1);
    call.cancel();
    const error = heard[0]?.getError();
    const details = error?.getDetails();
    return {
      ...{ code: error?.getCode(), message: error?.getMessage() },
      type: details?.getTypeUrl().replace('type.googleapis.com/event_store.client.', ''),
      bytes: details?.getValue_asU8() ?? new Uint8Array(),
      name: Buffer.from(heard[0]?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString(),
    };
  };

  it.each<[Expected, 'absent' | 'filled', Fields]>([
    [7n, 'absent', { expectedStreamPosition: '7', currentNoStream: {} }],
    ['no_stream', 'filled', { expectedNoStream: {}, currentStreamRevision: '1' }],
    ['stream_exists', 'absent', { expectedStreamExists: {}, currentNoStream: {} }],
  ])('tells a conflict in full, expecting %s of a stream that is %s', async (expected, state, fields) => {
    const stream = await make(state, `${SS}${randomUUID()}`);
    const { bytes, ...answer } = await send(stream, expected);
    const conflict = { message: 'WrongExpectedVersion', type: 'WrongExpectedVersion' };
    expect(answer).toEqual({ code: status.ALREADY_EXISTS, ...conflict, name: stream });
    const unset = { currentStreamRevision: '0', expectedStreamPosition: '0' };
    const told = shared.WrongExpectedVersion.deserializeBinary(bytes).toObject();
    expect(set(told)).toEqual({ ...unset, ...fields });
  });

  it.each(['closed', 'deleted'] as const)('names a stream that is %s', async (state) => {
    const stream = await make(state, `${SS}${randomUUID()}`);
    const { bytes, ...answer } = await send(stream, 'stream_exists');
    const gone = { message: 'StreamDeleted', type: 'StreamDeleted' };
    expect(answer).toEqual({ code: status.NOT_FOUND, ...gone, name: stream });
    const named = shared.StreamDeleted.deserializeBinary(bytes).getStreamIdentifier()?.getStreamName_asU8();
    expect(Buffer.from(named ?? []).toString()).toBe(stream);
  });

  it.each<[string, string, Expected]>([
    ['no expected revision', 'stream', undefined],
    ['a revision that no stream can have', 'stream', 2n ** 63n],
    ['the metadata of no stream', '$$', 'any'],
  ])('answers %s as a bad request', async (_, stream, expected) => {
    const { code, message, bytes } = await send(stream, expected);
    expect([code, message]).toEqual([status.INVALID_ARGUMENT, 'BadRequest']);
    expect(shared.BadRequest.deserializeBinary(bytes).getMessage()).not.toBe('');
  });
});

it('a read ends with a status for a stream that is closed', async () => {
  const stream = await make('closed', `${SS}${randomUUID()}`);
  const reading = read(context.store.port, (options) => {
    options.setStream(
      new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(streamId(stream)).setStart(empty()),
    );
    options.setNoFilter(empty()).setCount('1');
  });
  const error = await reading.catch((reason: unknown) => reason);
  expect(trailersOf(error as ServiceError)).toEqual({
    ...{ code: status.FAILED_PRECONDITION, exception: 'stream-deleted', name: stream.replace(SS, SS_ENCODED) },
  });
});
