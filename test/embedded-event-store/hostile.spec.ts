import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { connect } from 'node:net';
import { status } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/load.js';
import { handlesOf, residentMiB, StoreUnderAttack } from './good-client.js';
import { answerOf, frame, openCall, openSession, STREAMS } from './http2-calls.js';
import { batch, byteClient, chunk, proposed, rawClient, statusOf, uuid } from './raw-calls.js';

/** Connections dropped and resets sent; more of them in long runs. */
const LONG = process.env.EVENTSTORE_CYCLES !== undefined;
const DROPPED = LONG ? 1_000 : 200;
const RESETS = LONG ? 10 : 1;
/** Appends of half a mebibyte each that never end; held all at once, they would take much more than may be. */
const UNFINISHED = LONG ? 2_000 : 1_000;
const MEBIBYTE = 1_048_576;
/** What they may add to the memory of the process: what is held, and what of it has not been swept up yet. */
const MOST_MIB = 350;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** Who does not answer when asked whether it is alive is cut off. */
const CUT_OFF_WITHIN_MS = 30_000;
/** Clients of this very file keep theirs open. */
const CONNECTIONS_OF_CLIENTS = 10;
/** Any test that attacks takes a while; others may be running. */
const SLOW_MACHINE_MS = 60_000;

let target: StoreUnderAttack;
let handlesBefore = 0;
beforeAll(async () => {
  target = await StoreUnderAttack.start();
  await target.good.expectUnharmed();
  handlesBefore = handlesOf(target.store) + CONNECTIONS_OF_CLIENTS;
}, SLOW_MACHINE_MS);
beforeEach(() => target.good.expectUnharmed());
afterAll(async () => {
  await target.good.expectUnharmed();
  await target.end();
}, SLOW_MACHINE_MS);

const bytesOf = (message: { serializeBinary(): Uint8Array }): Buffer => Buffer.from(message.serializeBinary());

function subscribeToAll(from: 'start' | 'end' = 'start'): Buffer {
  const empty = new shared.Empty();
  const options = new streams.ReadReq.Options();
  const all = new streams.ReadReq.Options.AllOptions();
  options.setAll(from === 'start' ? all.setStart(empty) : all.setEnd(empty)).setNoFilter(empty);
  options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  return bytesOf(new streams.ReadReq().setOptions(options));
}

const newBatch = (final = true): Buffer =>
  bytesOf(chunk(randomUUID(), { to: `hostile-${randomUUID()}`, events: [proposed(randomUUID())], final }));

describe('what is no gRPC', () => {
  it.each<[string, (string | Buffer)[]]>([
    ['before what would have one', [randomBytes(30), PREFACE, SETTINGS]],
    ['in the midst of the preface', [PREFACE.slice(0, 12), randomBytes(30), PREFACE.slice(12)]],
    ['after the preface', [PREFACE, SETTINGS, randomBytes(4_096)]],
    [
      'in a frame larger than may be',
      [PREFACE, SETTINGS, Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1]), randomBytes(100_000)],
    ],
  ])('bytes without any meaning, %s, harm nobody', async (_, parts) => {
    const handles = handlesOf(target.store);
    const sockets = Array.from({ length: 20 }, () => connect(target.port, '127.0.0.1'));
    for (const socket of sockets) {
      socket.on('error', () => undefined).resume();
      for (const part of parts) socket.write(part);
    }
    await target.good.expectUnharmed();
    for (const socket of sockets) socket.end();
    expect(handlesOf(target.store)).toBeLessThanOrEqual(handles + sockets.length);
  });

  it('half a preface holds up nobody else', async () => {
    const sockets = Array.from({ length: 50 }, () => connect(target.port, '127.0.0.1'));
    for (const socket of sockets) socket.write(PREFACE.slice(0, 10));
    await target.good.expectUnharmed();
    for (const socket of sockets) socket.destroy();
  });
});

describe.each(['Read', 'Append', 'BatchAppend', 'Delete'])('a message to %s in the wrong frame', (method) => {
  it.each<[string, () => Buffer]>([
    ['is less than its length says', () => frame(newBatch(), { length: 5_000 })],
    ['is of a length beyond all limits', () => frame(newBatch(), { length: 0xffffffff })],
    ['is longer than its length says', () => frame(newBatch(), { length: 7 })],
    ['says that it is compressed', () => frame(newBatch(), { flag: 1 })],
    ['ends within the head of the frame', () => Buffer.from([0, 0, 0])],
    ['is no message', () => frame(randomBytes(200).fill(0xff, 0, 20))],
  ])('ends the call without an answer: it %s', async (_, bytes) => {
    const session = await openSession(target.port);
    const call = openCall(session, `${STREAMS}/${method}`, { 'grpc-encoding': 'gzip' });
    const answer = answerOf(call);
    call.end(bytes());
    expect(await answer).toMatchObject({ bytes: 0 });
    session.destroy();
  });
});

describe('what makes no sense', () => {
  it('a message beyond the limit is refused', async () => {
    const call = byteClient(target.port).batchAppend();
    const ended = statusOf(call);
    call.write(Buffer.alloc(18 * MEBIBYTE));
    expect(await ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  it('fields that nobody knows are passed over', async () => {
    const id = randomUUID();
    const unknown = Buffer.from([0xfa, 0x7f, 2, 1, 2, 0xf8, 0x7f, 5, 0xfd, 0x7f, 1, 2, 3, 4]);
    const call = byteClient(target.port).batchAppend();
    const answer = once(call, 'data');
    call.on('error', () => undefined);
    call.write(Buffer.concat([unknown, bytesOf(chunk(id, { to: `hostile-${id}`, events: [proposed(id)] })), unknown]));
    const [bytes] = (await answer) as [Buffer];
    expect(streams.BatchAppendResp.deserializeBinary(bytes).hasSuccess()).toBe(true);
    call.cancel();
  });

  it.each<[string, Buffer[]]>([
    ['nothing at all', []],
    ['an empty message', [Buffer.alloc(0)]],
    [
      'an event before the options',
      [bytesOf(new streams.AppendReq().setProposedMessage(new streams.AppendReq.ProposedMessage()))],
    ],
  ])('a single append of %s is refused', async (_, messages) => {
    const call = byteClient(target.port).append();
    const ended = statusOf(call);
    for (const message of messages) call.write(message);
    call.end();
    expect(await ended).toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('a correlation id that comes again, later or at once, is answered once for each append', async () => {
    const [id, stream] = [randomUUID(), `hostile-${randomUUID()}`];
    const one = chunk(id, { to: stream, events: [proposed(randomUUID())] });
    const { heard, call } = await batch(target.port, [one], 1);
    call.write(one);
    await eventually('it is answered again', () => heard.length === 2);
    const part = { to: stream, final: false };
    call.write(chunk(id, part));
    call.write(chunk(id, { ...part, events: [proposed(randomUUID())] }));
    call.write(chunk(id, { events: [proposed(randomUUID())] }));
    await eventually('it is answered a third time', () => heard.length === 3);
    const positions = heard.map((answer) => answer.getSuccess()?.getCurrentRevision());
    expect(positions).toEqual(['0', '0', '2']);
    call.cancel();
  });

  it('parts that belong to nothing are passed over, however many', async () => {
    const last = chunk(randomUUID(), { to: `hostile-${randomUUID()}`, events: [proposed(randomUUID())] });
    const strays = Array.from({ length: 5_000 }, () => chunk(randomUUID(), { events: [proposed(randomUUID())] }));
    const { heard, call } = await batch(target.port, [...strays, last], 1);
    expect(heard.map((answer) => answer.getCorrelationId()?.getString())).toEqual([
      last.getCorrelationId()?.getString(),
    ]);
    call.cancel();
  });

  it('an append in thousands of parts is one append', async () => {
    const [id, stream] = [randomUUID(), `hostile-${randomUUID()}`];
    const middle = Array.from({ length: 3_000 }, () => chunk(id, { final: false, events: [proposed(randomUUID())] }));
    const parts = [chunk(id, { to: stream, final: false }), ...middle, chunk(id, {})];
    const { heard, call } = await batch(target.port, parts, 1);
    expect(heard[0]?.getSuccess()?.getCurrentRevision()).toBe('2999');
    call.cancel();
  });
});

describe('clients that never finish', () => {
  it(
    'an append of parts without an end is given up, and memory stays within bounds',
    async () => {
      const before = residentMiB(target.store);
      const client = rawClient(target.port);
      const calls = Array.from({ length: 4 }, () => client.batchAppend());
      let [given, answered] = [0, 0];
      for (const call of calls) {
        call.on('error', () => undefined);
        call.on('data', () => answered++);
      }
      const large = () => proposed(randomUUID()).setData(Buffer.alloc(MEBIBYTE / 2));
      let highest = 0;
      while (given < UNFINISHED) {
        for (const call of calls) {
          const part = chunk(randomUUID(), { to: `hostile-${randomUUID()}`, events: [large()], final: false });
          given++;
          if (!call.write(part)) await once(call, 'drain');
        }
        highest = Math.max(highest, residentMiB(target.store) - before);
      }
      await eventually('all are given up', () => answered === given, SLOW_MACHINE_MS);
      expect(Math.max(highest, residentMiB(target.store) - before)).toBeLessThan(MOST_MIB);
      for (const call of calls) call.cancel();
    },
    SLOW_MACHINE_MS,
  );

  it(
    'single appends without an end give way to one another, and memory stays within bounds',
    async () => {
      const before = residentMiB(target.store);
      const event = new streams.AppendReq.ProposedMessage()
        .setId(uuid(randomUUID()))
        .setData(Buffer.alloc(MEBIBYTE / 2));
      event.getMetadataMap().set('type', 'T').set('content-type', 'application/octet-stream');
      const options = new streams.AppendReq.Options().setAny(new shared.Empty());
      options.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('hostile')));
      const opening = bytesOf(new streams.AppendReq().setOptions(options));
      const large = bytesOf(new streams.AppendReq().setProposedMessage(event));
      const client = byteClient(target.port);
      const ends: number[] = [];
      const calls = [];
      let highest = 0;
      while (calls.length < UNFINISHED) {
        const call = client.append();
        calls.push(call);
        void statusOf(call).then(({ code }) => ends.push(code));
        call.write(opening);
        call.write(large);
        const underWay = () => calls.length - ends.length;
        await eventually('older ones are given up', () => underWay() < 200, SLOW_MACHINE_MS);
        highest = Math.max(highest, residentMiB(target.store) - before);
      }
      expect(new Set(ends)).toEqual(new Set([status.ABORTED]));
      expect(highest).toBeLessThan(MOST_MIB);
      for (const call of calls) call.cancel();
    },
    SLOW_MACHINE_MS,
  );

  it(
    `${DROPPED} connections that drop, in the midst of a batch and of a subscription, leave nothing behind`,
    async () => {
      const drop = async (index: number) => {
        const session = await openSession(target.port);
        const call = openCall(session, `${STREAMS}/${index % 2 === 0 ? 'BatchAppend' : 'Read'}`);
        call.on('data', () => undefined);
        if (index % 2 === 0) for (let part = 0; part < 3; part++) call.write(frame(newBatch(part === 1)));
        else call.end(frame(subscribeToAll()));
        await once(call, 'response');
        session.destroy();
      };
      const dropMany = async (count: number) => {
        for (let index = 0; index < count; index += 20)
          await Promise.all(Array.from({ length: 20 }, (_, one) => drop(index + one)));
      };
      await dropMany(DROPPED / 5);
      const [handles, memory] = [handlesOf(target.store), residentMiB(target.store)];
      await dropMany(DROPPED);
      await eventually('their sockets are closed', () => handlesOf(target.store) <= handles + 2);
      expect(residentMiB(target.store) - memory).toBeLessThan(60);
    },
    SLOW_MACHINE_MS,
  );

  it('subscribers that do not read hold up nobody else', async () => {
    const session = await openSession(target.port);
    for (let index = 0; index < 50; index++) openCall(session, `${STREAMS}/Read`).end(frame(subscribeToAll()));
    const before = target.good.appended;
    await eventually('others are answered', () => target.good.appended > before + 50, 20_000);
    session.destroy();
  });
});

describe('floods', () => {
  it(
    'pings',
    async () => {
      const session = await openSession(target.port);
      let heard = 0;
      while (!session.destroyed && heard < 10_000) {
        session.ping((error) => (heard += error ? 0 : 1));
        await new Promise(setImmediate);
      }
      await target.good.expectUnharmed();
      session.destroy();
    },
    SLOW_MACHINE_MS,
  );

  it(
    'calls that are reset as soon as they begin',
    async () => {
      let memory = 0;
      for (let round = 0; round < 3 * RESETS; round++) {
        // What the first of them take is garbage in whose place the others find room.
        if (round === 2 * RESETS) memory = residentMiB(target.store);
        const session = await openSession(target.port);
        for (let index = 0; index < 500 && !session.destroyed; index++) {
          const call = openCall(session, `${STREAMS}/${index % 2 === 0 ? 'BatchAppend' : 'Read'}`);
          call.write(frame(index % 2 === 0 ? newBatch() : subscribeToAll('end')));
          call.close(constants.NGHTTP2_CANCEL);
          if (index % 50 === 0) await new Promise(setImmediate);
        }
        session.destroy();
      }
      await target.good.expectUnharmed();
      expect(residentMiB(target.store) - memory).toBeLessThan(100);
    },
    SLOW_MACHINE_MS,
  );

  it('connections that say nothing', async () => {
    const handles = handlesOf(target.store);
    const sockets = Array.from({ length: 300 }, () => connect(target.port, '127.0.0.1'));
    for (const socket of sockets) socket.on('error', () => undefined);
    await target.good.expectUnharmed();
    for (const socket of sockets) socket.destroy();
    await eventually('their sockets are closed', () => handlesOf(target.store) <= handles + 2);
  });
});

it.each(['^(a+)+$', '^(a|a)*b', '(a+a+)+(?<end>b)', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
  'a filter that tries every way to read a name keeps nobody waiting: %s',
  async (regex) => {
    const type = `${'a'.repeat(60)}!`;
    const event = proposed(randomUUID(), { type, 'content-type': 'application/json' });
    const { call: writing } = await batch(target.port, [chunk(randomUUID(), { to: 'long', events: [event] })], 1);
    const request = streams.ReadReq.deserializeBinary(subscribeToAll());
    const filter = new streams.ReadReq.Options.FilterOptions().setCheckpointintervalmultiplier(1).setMax(1_000_000);
    filter.setEventType(new streams.ReadReq.Options.FilterOptions.Expression().setRegex(regex));
    request.getOptions()?.setFilter(filter);
    const call = rawClient(target.port).read(request);
    call.on('error', () => undefined);
    const cases: number[] = [];
    call.on('data', (response: InstanceType<typeof streams.ReadResp>) => cases.push(response.getContentCase()));
    await eventually('it has caught up', () => cases.length === 2);
    expect(cases).toEqual([streams.ReadResp.ContentCase.CONFIRMATION, streams.ReadResp.ContentCase.CAUGHT_UP]);
    await target.good.expectUnharmed();
    for (const each of [call, writing]) each.cancel();
  },
);

it(
  'nothing of all that is left open',
  async () => {
    await eventually('connections are closed', () => handlesOf(target.store) <= handlesBefore, CUT_OFF_WITHIN_MS);
    expect(handlesOf(target.store)).toBeGreaterThan(0);
  },
  SLOW_MACHINE_MS,
);
