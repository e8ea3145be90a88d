import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import grpc from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getSupportedMethods } from '../../../src/embedded-event-store/server-features.js';
import { EventStoreUnavailable, OutcomeUnknown } from '../../../src/event-sourcing/errors.js';
import { connectEventStore, type EventStoreDb } from '../../../src/infrastructure/event-store/event-store-db.js';
import { catalogue, upcasters } from './examples.js';

type Unary = grpc.handleUnaryCall<unknown, unknown>;
const silence: Unary = () => undefined;
const fail =
  (code: grpc.status): Unary =>
  (_, answer) => {
    answer({ code, details: 'as scripted' });
  };

let store: EventStoreDb;
let server: grpc.Server;
/** What the store does about groups, and about the client's first question. */
let onGroups: Unary;
let onProbe: Unary;
const nothing = (): void => undefined;

beforeEach(async () => {
  [onGroups, onProbe] = [silence, getSupportedMethods];
  server = new grpc.Server();
  const groups: Unary = (call, answer) => {
    onGroups(call, answer);
  };
  const features: Unary = (call, answer) => {
    onProbe(call, answer);
  };
  const each = { create: groups, update: groups, delete: groups, getInfo: groups, list: groups, replayParked: groups };
  server.addService(persistentGrpc.PersistentSubscriptionsService, {
    ...{ ...each, restartSubsystem: groups, read: nothing },
  });
  server.addService(featuresGrpc.ServerFeaturesService, { getSupportedMethods: features });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  const logger = { info: nothing, warn: nothing, error: nothing };
  const [url, timings] = [`esdb://127.0.0.1:${port}?tls=false`, { groups: 100, probe: 400 }];
  store = connectEventStore({ url, catalogue, upcasters, logger, timings });
});
afterEach(async () => {
  server.forceShutdown();
  await store.close();
});

const address = { stream: 'user-1', group: 'g' };
const settings = { from: 'start', maxRetries: 1, messageTimeout: 1, strategy: 'pinned' } as const;
const changes: [string, () => Promise<void>][] = [
  ['create', () => store.consumerGroups.create(address, settings)],
  ['replayParked', () => store.consumerGroups.replayParked(address)],
  ['delete', () => store.consumerGroups.delete(address)],
];
const questions: [string, () => Promise<unknown>][] = [
  ['info', () => store.consumerGroups.info(address)],
  ['list', () => store.consumerGroups.list()],
];

describe('a store in trouble', () => {
  describe.each<[string, Unary]>([
    ['is silent', silence],
    ['is unavailable', fail(grpc.status.UNAVAILABLE)],
    ['fails for no known reason', fail(grpc.status.UNKNOWN)],
  ])('that %s', (_, trouble) => {
    beforeEach(() => {
      onGroups = trouble;
    });
    it.each(changes)('leaves it open whether there was a %s', async (_, change) => {
      await expect(change()).rejects.toBeInstanceOf(OutcomeUnknown);
    });
    it.each(questions)('cannot be asked for %s', async (_, ask) => {
      await expect(ask()).rejects.toBeInstanceOf(EventStoreUnavailable);
    });
  });

  it.each<[string, Unary]>([
    ['is silent', silence],
    ['fails', fail(grpc.status.INTERNAL)],
  ])('that %s at first has done nothing, and is asked anew the next time', async (_, trouble) => {
    onProbe = trouble;
    for (const [, call] of [...changes, ...questions])
      await expect(call()).rejects.toBeInstanceOf(EventStoreUnavailable);
    onProbe = getSupportedMethods;
    onGroups = (_, answer) => {
      answer(null, new persistent.ListResp());
    };
    expect(await store.consumerGroups.list()).toEqual([]);
  });

  it.each(['PERMISSION_DENIED', 'UNAUTHENTICATED', 'UNIMPLEMENTED'] as const)(
    'that refuses says so: %s',
    async (code) => {
      onGroups = fail(grpc.status[code]);
      for (const [, call] of [...changes, ...questions])
        await expect(call()).rejects.toMatchObject({ code: 'consumer-group-refused' });
    },
  );
});
