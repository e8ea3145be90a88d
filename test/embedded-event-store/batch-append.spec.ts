import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { status } from '@grpc/grpc-js';
import { expect, it, jest } from '@jest/globals';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { decodeBatchAppendRequest } from '../../src/embedded-event-store/append-request.js';
import { UnfinishedAppends } from '../../src/embedded-event-store/unfinished-appends.js';
import { BatchAppend } from '../../src/embedded-event-store/batch-append.js';
import type { Append } from '../../src/embedded-event-store/commit.js';
import { MessageWriter } from '../../src/embedded-event-store/message-writer.js';
import type { WriteResult } from '../../src/embedded-event-store/writer.js';
import { batch, byteClient, chunk, proposed, streamId } from './raw-calls.js';
import { collect, idsOf, newStream, withStore } from './with-store.js';

const context = withStore();
const send = (requests: ReturnType<typeof chunk>[], answers: number) => batch(context.store.port, requests, answers);
const stored = async (stream: string) => idsOf(await collect(context.client.readStream(stream)));

/** What an answer says, by correlation id. */
const outcome = (response: BatchAppendResp) => [
  response.getCorrelationId()?.getString(),
  response.getError()?.getMessage() ?? 'success',
];
const detailsOf = (response: BatchAppendResp | undefined) => response?.getError()?.getDetails();

it('puts an append together from parts, between those of others', async () => {
  const [a, b, streamA, streamB] = [randomUUID(), randomUUID(), newStream(), newStream()];
  const [e1, e2, e3] = [randomUUID(), randomUUID(), randomUUID()];
  const { heard, call } = await send(
    [
      chunk(a, { to: streamA, final: false }),
      chunk(b, { to: streamB, events: [proposed(e3)], final: false }),
      chunk(a, { events: [proposed(e1)], final: false }),
      chunk(b, { final: true }),
      chunk(a, { events: [proposed(e2)], final: true }),
    ],
    2,
  );
  expect(heard.map(outcome)).toEqual([
    [b, 'success'],
    [a, 'success'],
  ]);
  const [first, second] = heard.map((response) => Number(response.getSuccess()?.getPosition()?.getCommitPosition()));
  // In the order of their last parts: a, of two events, comes after b.
  expect(second).toBe((first ?? 0) + 2);
  expect(heard[1]?.getStreamIdentifier()?.getStreamName_asB64()).toBe(streamId(streamA).getStreamName_asB64());
  expect(await stored(streamA)).toEqual([e1, e2]);
  expect(await stored(streamB)).toEqual([e3]);
  call.cancel();
});

it.each<[string, ReturnType<typeof proposed>[], string]>([
  ['an event without a type', [proposed(randomUUID(), { 'content-type': 'application/json' })], 'stream'],
  ['an event with an empty type', [proposed(randomUUID(), { type: '', 'content-type': 'x' })], 'stream'],
  ['an event without a content type', [proposed(randomUUID(), { type: 'T' })], 'stream'],
  ['an event without an id', [proposed('')], 'stream'],
  ['an event with a nil id', [proposed('00000000-0000-0000-0000-000000000000')], 'stream'],
  ['an event whose id is no UUID', [proposed('certainly not')], 'stream'],
  ['an empty stream name', [proposed(randomUUID())], ''],
])('answers %s once, as a bad request (23.10 may answer twice)', async (_, events, stream) => {
  const [bad, good] = [randomUUID(), randomUUID()];
  const { heard, call } = await send(
    [
      chunk(bad, { to: stream, events }),
      chunk(bad, { events: [proposed(randomUUID())] }),
      chunk(good, { to: newStream(), events: [proposed(randomUUID())] }),
    ],
    2,
  );
  expect(heard.map(outcome)).toEqual([
    [bad, 'BadRequest'],
    [good, 'success'],
  ]);
  expect(detailsOf(heard[0])?.getTypeUrl()).toBe('type.googleapis.com/event_store.client.BadRequest');
  expect(heard[0]?.hasStreamIdentifier()).toBe(true);
  call.cancel();
});

it('answers an append to no stream at all as a bad request', async () => {
  const [nowhere, id] = [chunk(randomUUID(), { to: '', events: [proposed(randomUUID())] }), randomUUID()];
  nowhere.getOptions()?.clearStreamIdentifier();
  const good = chunk(id, { to: newStream(), events: [proposed(randomUUID())] });
  const { heard, call } = await send([nowhere, good], 2);
  expect(heard.map((response) => outcome(response)[1])).toEqual(['BadRequest', 'success']);
  expect(heard[0]?.hasStreamIdentifier()).toBe(true);
  call.cancel();
});

it('answers an append that grows too large once, and forgets it', async () => {
  const [id, stream] = [randomUUID(), newStream()];
  const half = () => proposed(randomUUID()).setData(Buffer.alloc(600_000));
  const { heard, call } = await send(
    [
      chunk(id, { to: stream, events: [half()], final: false }),
      chunk(id, { events: [half()], final: false }),
      chunk(id, { events: [half()] }),
      chunk(randomUUID(), { to: newStream(), events: [proposed(randomUUID())] }),
    ],
    2,
  );
  const details = detailsOf(heard[0])?.getValue_asU8() ?? new Uint8Array();
  expect(heard.slice(0, 1).map(outcome)).toEqual([[id, 'MaximumAppendSizeExceeded']]);
  expect(shared.MaximumAppendSizeExceeded.deserializeBinary(details).getMaxappendsize()).toBe(1_048_576);
  expect(heard[1]?.hasSuccess()).toBe(true);
  await expect(stored(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
  call.cancel();
});

it('weighs an event before it looks at its id and type', async () => {
  const events = [proposed('', { type: '', 'content-type': 'x' }).setData(Buffer.alloc(1_048_577))];
  const { heard, call } = await send([chunk(randomUUID(), { to: newStream(), events })], 1);
  expect(heard[0]?.getError()?.getMessage()).toBe('MaximumAppendSizeExceeded');
  call.cancel();
});

it('gives an append up whose parts do not arrive by its deadline', async () => {
  const [id, stream] = [randomUUID(), newStream()];
  const deadline = new Date(Date.now() + 200);
  const { heard, call } = await send(
    [chunk(id, { to: stream, events: [proposed(randomUUID())], final: false, deadline })],
    1,
  );
  expect(heard.map(outcome)).toEqual([[id, 'Timeout']]);
  expect(Date.now()).toBeGreaterThanOrEqual(deadline.getTime() - 1);
  const next = randomUUID();
  call.write(chunk(id, { events: [proposed(randomUUID())] }));
  call.write(chunk(next, { to: newStream(), events: [proposed(randomUUID())] }));
  while (heard.length < 2) await once(call, 'data');
  // What came too late is passed over, without a second answer.
  expect(heard.slice(1).map(outcome)).toEqual([[next, 'success']]);
  await expect(stored(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
  call.cancel();
});

it('times out an append whose deadline has passed before it came', async () => {
  const [id, stream] = [randomUUID(), newStream()];
  const late = chunk(id, { to: stream, events: [proposed(randomUUID())], deadline: new Date(Date.now() - 1_000) });
  const { heard, call } = await send([late], 1);
  expect(heard.map(outcome)).toEqual([[id, 'Timeout']]);
  await expect(stored(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
  call.cancel();
});

it('ignores parts of appends it does not know', async () => {
  const id = randomUUID();
  const { heard, call } = await send(
    [
      chunk(randomUUID(), { events: [proposed(randomUUID())] }),
      chunk(id, { to: newStream(), events: [proposed(randomUUID())] }),
    ],
    1,
  );
  expect(heard.map(outcome)).toEqual([[id, 'success']]);
  call.cancel();
});

it('takes options that come again for one more part of the same append', async () => {
  const [id, stream, first, second] = [randomUUID(), newStream(), randomUUID(), randomUUID()];
  const { heard, call } = await send(
    [
      chunk(id, { to: stream, events: [proposed(first)], final: false }),
      chunk(id, { to: newStream(), events: [proposed(second)] }),
    ],
    1,
  );
  expect(heard.map(outcome)).toEqual([[id, 'success']]);
  expect(await stored(stream)).toEqual([first, second]);
  call.cancel();
});

it('answers once where a correlation id is used again before the answer', () => {
  const answers: ((result: WriteResult) => void)[] = [];
  const writer = { append: (_: Append, answer: (result: WriteResult) => void) => answers.push(answer) };
  const call = Object.assign(new EventEmitter(), { write: jest.fn() });
  new BatchAppend(call as never, writer as never, new UnfinishedAppends(), () => true);
  const request = chunk(randomUUID(), { to: newStream(), events: [proposed(randomUUID())] });
  for (let time = 0; time < 2; time++)
    call.emit('data', decodeBatchAppendRequest(Buffer.from(request.serializeBinary())));
  expect(answers).toHaveLength(1);
  answers[0]?.({ type: 'appended', revision: 0, position: 1 });
  expect(call.write).toHaveBeenCalledTimes(1);
});

it('hears a caller who may append nothing no faster than it takes the answers', () => {
  const call = Object.assign(new EventEmitter(), { write: jest.fn(), pause: jest.fn(), resume: jest.fn() });
  call.pause.mockReturnValue(call);
  new BatchAppend(call as never, {} as never, new UnfinishedAppends(), () => false);
  const ask = () => {
    const request = chunk(randomUUID(), { to: newStream(), events: [proposed(randomUUID())] });
    call.emit('data', decodeBatchAppendRequest(Buffer.from(request.serializeBinary())));
  };
  ask();
  expect(call.pause).not.toHaveBeenCalled();
  Object.assign(call, { writableNeedDrain: true });
  ask();
  expect([call.write, call.pause, call.resume].map(({ mock }) => mock.calls.length)).toEqual([2, 1, 0]);
  call.emit('drain');
  expect(call.resume).toHaveBeenCalledTimes(1);
});

it('reads ids in structured form and repeats a correlation id as it came', async () => {
  const structured = new shared.UUID.Structured();
  structured.setMostSignificantBits('81985529216486895').setLeastSignificantBits('-2');
  const request = chunk(randomUUID(), { to: newStream(), events: [proposed(randomUUID())] });
  request.setCorrelationId(new shared.UUID().setStructured(structured));
  const stream = newStream();
  const event = proposed('').setId(new shared.UUID().setStructured(structured));
  const { heard, call } = await send([request, chunk(randomUUID(), { to: stream, events: [event] })], 2);
  expect(heard[0]?.getCorrelationId()?.getStructured()?.toObject()).toEqual(structured.toObject());
  expect(await stored(stream)).toEqual(['01234567-89ab-cdef-ffff-fffffffffffe']);
  call.cancel();
});

it('ends a call that no append of it can be told by', async () => {
  const request = chunk(randomUUID(), { to: newStream() });
  request.clearCorrelationId();
  await expect(send([request], 1)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
});

it('ends a call with OK once the client has said all and heard all', async () => {
  const id = randomUUID();
  const { call } = await send([chunk(id, { to: newStream(), events: [proposed(randomUUID())] })], 1);
  const ended = new Promise((resolve) => call.on('status', resolve));
  call.end();
  expect(await ended).toMatchObject({ code: status.OK });
});

type Deadline = { deadline?: number; moment?: number };

/** Starts an append that is never finished; resolves to how long it took the store to give it up, in milliseconds. */
async function untilGivenUp(given: Deadline): Promise<number> {
  const [stream, id, started] = [newStream(), randomUUID(), Date.now()];
  const call = byteClient(context.store.port).batchAppend();
  call.on('error', () => undefined);
  const answer = once(call, 'data');
  call.write(opening(stream, id, given));
  const [bytes] = (await answer) as [Buffer];
  const waited = Date.now() - started;
  expect(outcome(streams.BatchAppendResp.deserializeBinary(bytes))).toEqual([id, 'Timeout']);
  await expect(stored(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
  call.cancel();
  return waited;
}

it('gives an append up whose parts do not arrive within the time it names, or two seconds if that is less', async () => {
  const [hour, now] = [3_600_000, Date.now()];
  const asked = [{ deadline: 200 }, { deadline: hour }, { moment: now + hour }, {}].map(untilGivenUp);
  const [short, ...long] = await Promise.all(asked);
  expect(short).toBeGreaterThanOrEqual(195);
  expect(short).toBeLessThan(Math.min(...long));
  for (const waited of long) expect(waited).toBeGreaterThanOrEqual(1_995);
});

/** The first part of an append, with the deadline in a field that the generated classes do not know. */
function opening(stream: string, id: string, { deadline, moment }: Deadline): Buffer {
  const part = chunk(id, { events: [proposed(randomUUID())], final: false });
  const time = (milliseconds: number) => (writer: MessageWriter) => {
    writer.integer(2, (milliseconds % 1_000) * 1_000_000);
    writer.integer(1, Math.floor(milliseconds / 1_000));
  };
  const options = new MessageWriter(256);
  options.message(2, () => {
    if (deadline !== undefined)
      options.message(7, () => {
        time(deadline)(options);
      });
    if (moment !== undefined)
      options.message(6, () => {
        time(moment)(options);
      });
    options.bytes(4, Buffer.alloc(0));
    options.message(1, () => {
      options.text(3, stream);
    });
  });
  return Buffer.concat([part.serializeBinary(), options.finish()]);
}

it('forgets the appends of a call that was cancelled', async () => {
  const [stream, id] = [newStream(), randomUUID()];
  const known = chunk(randomUUID(), { to: newStream(), events: [proposed(randomUUID())] });
  const { call } = await send([chunk(id, { to: stream, events: [proposed(randomUUID())], final: false }), known], 1);
  call.cancel();
  // On another call the same correlation id means another append, which was never started.
  const { heard, call: other } = await send([chunk(id, { events: [] }), known], 1);
  expect(heard.map(outcome)).toEqual([[known.getCorrelationId()?.getString(), 'success']]);
  await expect(stored(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
  other.cancel();
});
