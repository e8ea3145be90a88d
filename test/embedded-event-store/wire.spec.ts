import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import projectionsGrpc from '@eventstore/db-client/generated/projections_grpc_pb.js';
import projections from '@eventstore/db-client/generated/projections_pb.js';
import serverFeaturesGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendResp, ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { batch, byteClient, chunk, proposed, rawClient, read, statusOf, streamId } from './raw-calls.js';
import { events, newStream, withStore } from './with-store.js';

const context = withStore();
const BACKWARDS = streams.ReadReq.Options.ReadDirection.BACKWARDS;
const empty = () => new shared.Empty();

it('names what it implements, in lower case', async () => {
  const client = new serverFeaturesGrpc.ServerFeaturesClient(
    `127.0.0.1:${context.store.port}`,
    credentials.createInsecure(),
  );
  const supported = await new Promise<SupportedMethods>((resolve, reject) => {
    client.getSupportedMethods(empty(), (error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
  const methods = supported.getMethodsList().map((method) => [method.getMethodName(), ...method.getFeaturesList()]);
  expect(supported.getEventStoreServerVersion()).toBe('23.10.1');
  expect(methods).toEqual([
    ['append'],
    ['batchappend', 'deadline_duration'],
    ['delete'],
    ['tombstone'],
    ['read', 'position', 'events'],
    ...['create', 'update', 'delete', 'read', 'getinfo', 'list', 'replayparked', 'restartsubsystem'].map((method) => [
      method,
      'stream',
      'all',
    ]),
    ['read'],
    ['getsupportedmethods'],
  ]);
});

it('says of anything else that it is not implemented', async () => {
  const address = `127.0.0.1:${context.store.port}`;
  const client = new projectionsGrpc.ProjectionsClient(address, credentials.createInsecure());
  const enabling = new Promise<ServiceError | null>((resolve) => client.enable(new projections.EnableReq(), resolve));
  expect((await enabling)?.code).toBe(status.UNIMPLEMENTED);
});

describe('a read', () => {
  const [name, three] = [newStream(), events(3)];
  beforeAll(() => context.client.appendToStream(name, three));

  const all = (options: ReadReq.Options) => {
    options.setAll(new streams.ReadReq.Options.AllOptions().setStart(empty()));
    options.setNoFilter(empty()).setCount('10');
  };
  const filter = () => new streams.ReadReq.Options.FilterOptions().setCheckpointintervalmultiplier(1).setCount(empty());
  const type = () => new streams.ReadReq.Options.FilterOptions.Expression();
  const position = (commit: string, prepare: string) =>
    new streams.ReadReq.Options.Position().setCommitPosition(commit).setPreparePosition(prepare);

  const placeAt = (commit = 0n) => position(`${commit}`, `${commit}`);

  const withoutWindow = () => {
    const inner = filter().setEventType(type());
    inner.clearCount();
    return inner;
  };

  const without = (clear: 'clearAll' | 'clearNoFilter' | 'clearCount') => (options: ReadReq.Options) => {
    options[clear]();
  };

  it.each<[string, (options: ReadReq.Options) => void]>([
    ['no options but a count', without('clearAll')],
    ['neither filter nor the word that there is none', without('clearNoFilter')],
    ['neither count nor subscription', without('clearCount')],
    ['a stream with a filter', (options) => options.setStream(stream('s')).setFilter(filter().setEventType(type()))],
    ['an empty stream name', (options) => options.setStream(stream(''))],
    ['a stream name that is not UTF-8', (options) => options.setStream(stream(Buffer.from([0xff])))],
    ['a filter without an expression', (options) => options.setFilter(filter())],
    ['a filter without a window', (options) => options.setFilter(withoutWindow())],
    ['a filter that cannot be read', (options) => options.setFilter(filter().setEventType(type().setRegex('(')))],
    ['a subscription that goes backwards', (options) => subscribe(options).setReadDirection(BACKWARDS)],
    [
      'a subscription with a checkpoint interval of 0',
      (options) => subscribe(options).setFilter(filter().setEventType(type()).setCheckpointintervalmultiplier(0)),
    ],
    ['a revision out of range', (options) => options.setStream(stream('s').setRevision('9223372036854775808'))],
    ['half a position at the end', (options) => options.getAll()?.setPosition(position(`${2n ** 64n - 1n}`, '1'))],
    ['a position out of order', (options) => options.getAll()?.setPosition(position('1', '2'))],
    ['a position out of range', (options) => options.getAll()?.setPosition(position('9223372036854775808', '1'))],
  ])('with %s is refused as an invalid argument (23.10: UNKNOWN for some, the same to clients)', async (_, fill) => {
    const refused = read(context.store.port, (options) => {
      all(options);
      fill(options);
    });
    await expect(refused).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('gives ids in structured form unless asked for text', async () => {
    const [first] = await read(context.store.port, (options) => {
      all(options);
      options.setStream(stream(name)).setUuidOption(new streams.ReadReq.Options.UUIDOption().setStructured(empty()));
    });
    const id = first?.getEvent()?.getEvent()?.getId()?.getStructured();
    const hex = [id?.getMostSignificantBits(), id?.getLeastSignificantBits()]
      .map((half) =>
        BigInt.asUintN(64, BigInt(half ?? 0))
          .toString(16)
          .padStart(16, '0'),
      )
      .join('');
    expect(hex).toBe(three[0]?.id.replaceAll('-', ''));
  });

  it('of a stream that is not there says so in a message, and ends well', async () => {
    const name = newStream('straße');
    const heard = await read(context.store.port, (options) => {
      all(options);
      options.setStream(stream(name));
    });
    expect(heard.map((response) => response.getContentCase())).toEqual([4]);
    const named = heard[0]?.getStreamNotFound()?.getStreamIdentifier()?.getStreamName_asU8();
    expect(Buffer.from(named ?? []).toString()).toBe(name);
  });

  it('tells newer clients who go backwards the last revision, and not where the stream begins', async () => {
    const truncated = newStream();
    await context.client.appendToStream(truncated, events(4));
    await context.client.setStreamMetadata(truncated, { truncateBefore: 2 });
    const heard = await read(context.store.port, (options) => {
      all(options);
      options.setStream(stream(truncated).setEnd(empty())).setReadDirection(BACKWARDS);
      options.setControlOption(new streams.ReadReq.Options.ControlOption().setCompatibility(1));
    });
    expect(heard.map((response) => response.getContentCase())).toEqual([1, 1, 6]);
    expect(heard[2]?.getLastStreamPosition()).toBe('3');
  });

  it('of what is said of a deleted stream gives the very letters', async () => {
    const deleted = newStream();
    await context.client.appendToStream(deleted, events(1));
    await context.client.deleteStream(deleted);
    const heard = await read(context.store.port, (options) => {
      all(options);
      options.setStream(stream(`$$${deleted}`));
    });
    const data = heard.map((response) => Buffer.from(response.getEvent()?.getEvent()?.getData_asU8() ?? []).toString());
    expect(data).toEqual(['{"$tb":9223372036854775807}']);
  });

  it('tells newer clients the last revision', async () => {
    const heard = await read(context.store.port, (options) => {
      all(options);
      options.setStream(stream(name)).setCount('1');
      options.setControlOption(new streams.ReadReq.Options.ControlOption().setCompatibility(1));
    });
    expect(heard.map((response) => response.getContentCase())).toEqual([1, 6]);
    expect(heard[1]?.getLastStreamPosition()).toBe('2');
  });

  it.each<[number, string, (readonly [content: number, revision: string])[]]>([
    [
      1,
      '0',
      [
        [5, '2'],
        [1, '2'],
        [6, '2'],
      ],
    ],
    [
      1,
      '1',
      [
        [5, '2'],
        [1, '2'],
        [6, '2'],
      ],
    ],
    [
      1,
      '2',
      [
        [1, '2'],
        [6, '2'],
      ],
    ],
    [1, '3', [[6, '2']]],
    [0, '0', [[1, '2']]],
  ])('tells clients of compatibility %i, who ask from revision %s, where a stream begins now', async (...row) => {
    const [compatibility, from, expected] = row;
    const truncated = newStream();
    await context.client.appendToStream(truncated, events(3));
    await context.client.setStreamMetadata(truncated, { truncateBefore: 2 });
    const heard = await read(context.store.port, (options) => {
      all(options);
      options.setStream(stream(truncated).setRevision(from));
      options.setControlOption(new streams.ReadReq.Options.ControlOption().setCompatibility(compatibility));
    });
    const told = heard.map((response) => [
      response.getContentCase(),
      response.getEvent()?.getEvent()?.getStreamRevision() ??
        (response.hasFirstStreamPosition() ? response.getFirstStreamPosition() : response.getLastStreamPosition()),
    ]);
    expect(told).toEqual(expected);
  });

  it('shows no election notes in the whole log, as the original never does', async () => {
    const { position } = await context.client.appendToStream('$epoch-information', events(1));
    await context.client.appendToStream(name, events(1));
    const heard = await read(context.store.port, (options) => {
      options.setAll(new streams.ReadReq.Options.AllOptions().setPosition(placeAt(position?.commit)));
      options.setNoFilter(empty()).setCount('1');
    });
    expect(heard.map((response) => response.getEvent()?.getEvent()?.getStreamRevision())).toEqual(['3']);
  });

  it('filters finite reads as well', async () => {
    const heard = await read(context.store.port, (options) => {
      all(options);
      options.setFilter(filter().setStreamIdentifier(type().setPrefixList([name]))).setCount('2');
    });
    expect(heard.map((response) => response.getEvent()?.getEvent()?.getStreamRevision())).toEqual(['0', '1']);
  });

  function stream(of: string | Uint8Array) {
    return new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(streamId(of)).setStart(empty());
  }

  function subscribe(options: ReadReq.Options) {
    return options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  }
});

it('holds nothing at first but what is appended, and an append of nothing then has no position', async () => {
  const store = await startEmbeddedEventStore();
  const nothing = new streams.AppendReq.Options().setStreamIdentifier(streamId('s')).setNoStream(empty());
  const answer = await new Promise<AppendResp>((resolve, reject) => {
    const call = rawClient(store.port).append((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
    call.end(new streams.AppendReq().setOptions(nothing));
  });
  expect([answer.getSuccess()?.hasNoStream(), answer.getSuccess()?.hasNoPosition()]).toEqual([true, true]);
  const { heard, call } = await batch(store.port, [chunk(randomUUID(), { to: 's' })], 1);
  const success = heard[0]?.getSuccess();
  expect([success?.hasNoStream(), success?.hasNoPosition()]).toEqual([true, true]);
  const event = proposed(randomUUID());
  const second = await batch(store.port, [chunk(randomUUID(), { to: 's', events: [event] })], 1);
  const log = await read(store.port, (options) => {
    options.setAll(new streams.ReadReq.Options.AllOptions().setStart(empty())).setNoFilter(empty()).setCount('10');
  });
  expect(log.map((response) => response.getEvent()?.getCommitPosition())).toEqual(['1']);
  call.cancel();
  second.call.cancel();
  await store.stop();
});

describe('a single append', () => {
  type Message = InstanceType<typeof streams.AppendReq>;
  const send = (messages: Message[]) =>
    new Promise<AppendResp>((resolve, reject) => {
      const call = rawClient(context.store.port).append((error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
      for (const message of messages) call.write(message);
      call.end();
    });
  const options = (to: string) => {
    const inner = new streams.AppendReq.Options().setStreamIdentifier(streamId(to)).setNoStream(empty());
    return new streams.AppendReq().setOptions(inner);
  };
  const event = (metadata: Record<string, string>) => {
    const message = new streams.AppendReq.ProposedMessage().setId(new shared.UUID().setString(randomUUID()));
    for (const [key, value] of Object.entries(metadata)) message.getMetadataMap().set(key, value);
    return new streams.AppendReq().setProposedMessage(message);
  };
  const withoutExpectation = () => {
    const message = options('s');
    message.getOptions()?.clearNoStream();
    return message;
  };
  const good = event({ type: 'T', 'content-type': 'application/json' });

  it.each<[string, Message[]]>([
    ['nothing at all', []],
    ['an event before the options', [good]],
    ['its options twice', [options('s'), options('s')]],
    ['no expected revision', [withoutExpectation()]],
    ['an empty type', [options('s'), event({ type: '', 'content-type': 'x' })]],
  ])('of %s is refused as an invalid argument (23.10: UNKNOWN for some, the same to clients)', async (_, messages) => {
    await expect(send(messages)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('without type or content type is refused so that the client knows why', async () => {
    const refusal = await send([options('s'), event({ type: 'T' })]).catch((error: unknown) => error);
    expect((refusal as ServiceError).metadata.getMap()).toMatchObject({
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    });
  });

  it('keeps type and content type, of which only JSON is JSON, and drops other properties', async () => {
    const name = newStream();
    const types = ['application/json', 'application/json; charset=utf-8', 'text/plain', ''];
    await send([options(name), ...types.map((type) => event({ type: 'T', 'content-type': type, color: 'blue' }))]);
    const heard = await read(context.store.port, (request) => {
      request.setStream(
        new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(streamId(name)).setStart(empty()),
      );
      request.setNoFilter(empty()).setCount('10');
    });
    const properties = heard.map((response) => [
      ...(response.getEvent()?.getEvent()?.getMetadataMap().entries() ?? []),
    ]);
    const keys = properties.map((entries) => entries.map(([key]) => key).sort());
    expect(keys).toEqual(types.map(() => ['content-type', 'created', 'type']));
    const binary = 'application/octet-stream';
    const stored = properties.map((entries) => Object.fromEntries(entries));
    expect(stored.map((one) => one['content-type'])).toEqual(['application/json', binary, binary, binary]);
    for (const { created } of stored) expect(Number(created) / 10_000).toBeGreaterThan(Date.now() - 60_000);
  });

  it('writes nothing if it is cancelled before its end', async () => {
    const name = newStream();
    const call = rawClient(context.store.port).append(() => undefined);
    const ended = statusOf(call);
    await new Promise<void>((sent) =>
      call.write(options(name), () => {
        sent();
      }),
    );
    await new Promise<void>((sent) =>
      call.write(good, () => {
        sent();
      }),
    );
    call.cancel();
    expect(await ended).toMatchObject({ code: status.CANCELLED });
    const reading = async () => {
      for await (const found of context.client.readStream(name)) return found;
      return undefined;
    };
    await expect(reading()).rejects.toMatchObject({ type: 'stream-not-found' });
  });
});

it('survives bytes that are no message', async () => {
  const client = byteClient(context.store.port);
  const rubbish = [[0xff], [0x0a, 0x7f, 1], [0x12, 2, 0x0a, 0x50], [8, 1, 8, 1], [0x0b]].map((bytes) =>
    Buffer.from(bytes),
  );
  for (const bytes of rubbish) {
    const [append, batch] = [client.append(), client.batchAppend()];
    const statuses = [client.read(bytes), append, batch].map((call) => statusOf(call));
    append.end(bytes);
    batch.end(bytes);
    for (const { code } of await Promise.all(statuses)) expect(code).toBeGreaterThan(status.OK);
  }
  await expect(context.client.appendToStream(newStream(), events(1))).resolves.toMatchObject({ success: true });
});

it.each(['GET / HTTP/1.1\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff'])(
  'survives a connection that says %j',
  async (words) => {
    const socket = connect(context.store.port, '127.0.0.1');
    const closed = once(socket, 'close');
    socket.resume().end(Buffer.from(words, 'latin1'));
    await closed;
    await expect(context.client.appendToStream(newStream(), events(1))).resolves.toMatchObject({ success: true });
  },
);
