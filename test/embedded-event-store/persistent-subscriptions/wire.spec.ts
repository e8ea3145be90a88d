import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { expect, it } from '@jest/globals';
import { streamId } from '../raw-calls.js';
import { newStream, withStore } from '../with-store.js';
import { infoWhen } from './consume.js';
import { settings } from './settings.js';

const context = withStore();
const create = (stream: string) => context.client.createPersistentSubscriptionToStream(stream, 'group', settings());
const raw = () =>
  new persistentGrpc.PersistentSubscriptionsClient(`127.0.0.1:${context.store.port}`, credentials.createInsecure());
const empty = () => new shared.Empty();
const rawSettings = () => new persistent.CreateReq.Settings().setReadBatchSize(1).setHistoryBufferSize(2);
const creating = (fill: (options: InstanceType<typeof persistent.CreateReq.Options>) => void) =>
  new Promise<ServiceError | null>((resolve) => {
    const options = new persistent.CreateReq.Options().setGroupName('group').setSettings(rawSettings());
    fill(options);
    raw().create(new persistent.CreateReq().setOptions(options), resolve);
  });

it('takes the newer way to name a stream, durations in ticks, and a strategy by its name', async () => {
  const stream = newStream();
  const from = new persistent.CreateReq.StreamOptions().setStreamIdentifier(streamId(stream)).setRevision('2');
  const error = await creating((options) => {
    options.setStream(from);
    options
      .getSettings()
      ?.setMessageTimeoutTicks('50000')
      .setCheckpointAfterTicks('70000')
      .setConsumerStrategy('PinnedByCorrelation');
  });
  expect(error).toBeNull();
  expect((await context.client.getPersistentSubscriptionToStreamInfo(stream, 'group')).settings).toMatchObject({
    ...{ startFrom: 2n, messageTimeout: 5, checkPointAfter: 7, consumerStrategyName: 'PinnedByCorrelation' },
  });
});

it.each<[string, status, Parameters<typeof creating>[0]]>([
  ['neither stream nor the whole log', status.INVALID_ARGUMENT, () => undefined],
  [
    'the whole log from nowhere',
    status.INVALID_ARGUMENT,
    (options) => options.setAll(new persistent.CreateReq.AllOptions()),
  ],
  [
    'a stream from nowhere',
    status.INVALID_ARGUMENT,
    (options) => options.setStream(new persistent.CreateReq.StreamOptions().setStreamIdentifier(streamId('s'))),
  ],
  [
    'no settings',
    status.INVALID_ARGUMENT,
    (options) => {
      options.setStreamIdentifier(streamId('s'));
      options.clearSettings();
    },
  ],
  [
    'a strategy that is not known',
    status.INTERNAL,
    (options) => options.setStreamIdentifier(streamId('s')).getSettings()?.setConsumerStrategy('Whatever'),
  ],
  [
    'a filter that cannot be read',
    status.INVALID_ARGUMENT,
    (options) => {
      const filter = new persistent.CreateReq.AllOptions.FilterOptions();
      filter.setEventType(new persistent.CreateReq.AllOptions.FilterOptions.Expression().setRegex('('));
      options.setAll(new persistent.CreateReq.AllOptions().setStart(empty()).setFilter(filter));
    },
  ],
])('refuses %s', async (_, code, fill) => {
  expect(await creating(fill)).toMatchObject({ code });
});

it('ends the call of a consumer that does not say which group, or says it twice', async () => {
  const stream = newStream();
  await create(stream);
  const options = () =>
    new persistent.ReadReq().setOptions(
      new persistent.ReadReq.Options().setStreamIdentifier(streamId(stream)).setGroupName('group').setBufferSize(1),
    );
  for (const messages of [[new persistent.ReadReq().setAck(new persistent.ReadReq.Ack())], [options(), options()]]) {
    const call = raw().read();
    call.on('data', () => undefined);
    const failed = new Promise((resolve) => call.on('error', resolve));
    for (const message of messages) call.write(message);
    expect(await failed).toMatchObject({ code: status.INVALID_ARGUMENT });
  }
  await infoWhen(context.client, stream, 'group', ({ connections }) => connections.length === 0);
});

it('lets a consumer that has said all go well', async () => {
  const stream = newStream();
  await create(stream);
  const call = raw().read();
  call.on('data', () => undefined);
  const ended = new Promise((resolve) => call.on('status', resolve));
  call.end(
    new persistent.ReadReq().setOptions(
      new persistent.ReadReq.Options().setStreamIdentifier(streamId(stream)).setGroupName('group').setBufferSize(1),
    ),
  );
  expect(await ended).toMatchObject({ code: status.OK });
});

it('needs the word that a replay has no limit', async () => {
  const options = new persistent.ReplayParkedReq.Options().setAll(empty()).setGroupName('group');
  const replaying = new Promise((resolve) =>
    raw().replayParked(new persistent.ReplayParkedReq().setOptions(options), resolve),
  );
  expect(await replaying).toMatchObject({ code: status.INVALID_ARGUMENT });
});
