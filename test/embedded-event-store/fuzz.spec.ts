import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import groups from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomFrom } from '../support/load.js';
import { StoreUnderAttack } from './good-client.js';
import { answerOf, frame, openCall, openSession, STREAMS } from './http2-calls.js';
import { chunk, proposed, streamId } from './raw-calls.js';

const CYCLES = Number(process.env.EVENTSTORE_CYCLES ?? 8);
const SEED = Number(process.env.EVENTSTORE_SEED ?? randomInt(2 ** 31));
const CALLS_PER_CYCLE = 60;
/** Subscriptions and half-made appends go on for ever if nobody ends them. */
const CUT_AFTER_MS = 150;
const SLOW_MACHINE_MS = 60_000;
const GROUPS = '/event_store.client.persistent_subscriptions.PersistentSubscriptions';

const empty = new shared.Empty();
const bytesOf = (message: { serializeBinary(): Uint8Array }): Buffer => Buffer.from(message.serializeBinary());

let target: StoreUnderAttack;
beforeAll(async () => {
  target = await StoreUnderAttack.start();
}, SLOW_MACHINE_MS);
afterAll(() => target.end(), SLOW_MACHINE_MS);

function read(subscription: boolean): Buffer {
  const options = new streams.ReadReq.Options().setNoFilter(empty);
  options.setAll(new streams.ReadReq.Options.AllOptions().setStart(empty));
  options.setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(empty));
  if (subscription) options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  else options.setCount('20');
  return bytesOf(new streams.ReadReq().setOptions(options));
}

function appendParts(stream: string): Buffer[] {
  const options = new streams.AppendReq.Options().setStreamIdentifier(streamId(stream)).setAny(empty);
  const event = new streams.AppendReq.ProposedMessage().setId(new shared.UUID().setString(randomUUID()));
  event.getMetadataMap().set('type', 'T').set('content-type', 'application/json');
  return [new streams.AppendReq().setOptions(options), new streams.AppendReq().setProposedMessage(event)].map(bytesOf);
}

function deletion(stream: string): Buffer {
  const options = new streams.DeleteReq.Options().setStreamIdentifier(streamId(stream)).setAny(empty);
  return bytesOf(new streams.DeleteReq().setOptions(options));
}

function group(stream: string): Buffer {
  const options = new groups.CreateReq.Options().setGroupName('fuzz').setStreamIdentifier(streamId(stream));
  options.setSettings(new groups.CreateReq.Settings().setMaxRetryCount(1).setReadBatchSize(2).setHistoryBufferSize(4));
  return bytesOf(new groups.CreateReq().setOptions(options));
}

function join(stream: string): Buffer {
  const options = new groups.ReadReq.Options().setGroupName('fuzz').setStreamIdentifier(streamId(stream));
  return bytesOf(new groups.ReadReq().setOptions(options.setBufferSize(3)));
}

/** Whole, valid calls: what each method may be told. */
const valid = (stream: string): [path: string, messages: Buffer[]][] => [
  [`${STREAMS}/Read`, [read(false)]],
  [`${STREAMS}/Read`, [read(true)]],
  [`${STREAMS}/Append`, appendParts(stream)],
  [
    `${STREAMS}/BatchAppend`,
    [false, true].map((final) => bytesOf(chunk(randomUUID(), { to: stream, events: [proposed(randomUUID())], final }))),
  ],
  [`${STREAMS}/Delete`, [deletion(stream)]],
  [`${STREAMS}/Tombstone`, [deletion(stream)]],
  [`${GROUPS}/Create`, [group(stream)]],
  [`${GROUPS}/Update`, [group(stream)]],
  [`${GROUPS}/Read`, [join(stream)]],
  [`${GROUPS}/GetInfo`, [join(stream)]],
  [`${GROUPS}/Delete`, [join(stream)]],
];

/** Flips, drops, repeats, or overwrites some bytes. */
function mutated(bytes: Buffer, random: () => number): Buffer {
  let result = Buffer.from(bytes);
  const at = (): number => Math.floor(random() * (result.byteLength + 1));
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
    const kind = Math.floor(random() * 5);
    const [head, middle, tail] = [result.subarray(0, from), result.subarray(from, to), result.subarray(to)];
    if (kind === 0 && from < result.byteLength) result[from] = Math.floor(random() * 256);
    if (kind === 1) result = Buffer.concat([head, tail]);
    if (kind === 2) result = Buffer.concat([head, middle, middle, tail]);
    if (kind === 3) result = Buffer.from(result.subarray(0, to));
    if (kind === 4) result = Buffer.concat([head, Buffer.alloc(1 + Math.floor(random() * 10), 0xff), tail]);
  }
  return result;
}

/** Makes a call that is nearly right; whatever the store makes of it, the call is over after a moment. */
async function attack(session: Awaited<ReturnType<typeof openSession>>, random: () => number): Promise<number> {
  const calls = valid(`fuzz-${Math.floor(random() * 5)}`);
  const [path, messages] = calls[Math.floor(random() * calls.length)] ?? ['', []];
  const call = openCall(session, path);
  const answer = answerOf(call);
  for (const message of messages) {
    const framed = random() < 0.8 ? frame(mutated(message, random)) : mutated(frame(message), random);
    if (!call.closed && !call.destroyed) call.write(framed);
  }
  if (!call.closed && !call.destroyed) call.end();
  void pause(CUT_AFTER_MS).then(() => {
    call.close();
  });
  return (await answer).status;
}

it(
  `nothing that is nearly right harms others (EVENTSTORE_CYCLES=${CYCLES} EVENTSTORE_SEED=${SEED})`,
  async () => {
    process.stdout.write(`event store fuzz test: ${CYCLES} rounds, seed ${SEED}\n`);
    const random = randomFrom(SEED);
    const statuses = new Map<number, number>();
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const session = await openSession(target.port);
      const attacks = Array.from({ length: CALLS_PER_CYCLE }, () => attack(session, random));
      for (const status of await Promise.all(attacks)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      session.destroy();
      await target.good.expectUnharmed();
    }
    expect(target.complaints).toEqual([]);
    expect(statuses.get(0)).toBeGreaterThan(0);
    expect([...statuses].filter(([status]) => status > 0)).not.toEqual([]);
  },
  SLOW_MACHINE_MS + CYCLES * 3_000,
);
