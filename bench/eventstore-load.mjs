// The load on the event store, a process of its own. Takes one case after another as messages and answers each with
// what it measured. Messages are encoded once and decoded no further than needed: the official client takes more
// processor time for an append than the store does, and would be what is measured.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Client, credentials } from '@grpc/grpc-js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';

const METHOD = '/event_store.client.streams.Streams/';
const DATA = Buffer.from(JSON.stringify({ text: 'x'.repeat(180) }));
const asIs = (bytes) => bytes;
const streamId = (name) => new shared.StreamIdentifier().setStreamName(Buffer.from(name));
/** Where in an encoded append the text of an id is: ids are written over it, which is as good as encoding anew. */
const PLACEHOLDER = '00000000-0000-4000-8000-000000000000';

const connect = (port) =>
  new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': 17 * 1_048_576,
    'grpc.use_local_subchannel_pool': 1,
  });

/** An append of one event of 180 characters and as much metadata, to a stream that has any revision. */
function encodedAppend(stream) {
  const uuid = () => new shared.UUID().setString(PLACEHOLDER);
  const event = new streams.BatchAppendReq.ProposedMessage().setId(uuid()).setData(DATA).setCustomMetadata(DATA);
  event.getMetadataMap().set('type', 'Measured').set('content-type', 'application/json');
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(streamId(stream));
  options.setAny(new empty.Empty());
  const request = new streams.BatchAppendReq().setCorrelationId(uuid()).setOptions(options).setIsFinal(true);
  request.addProposedMessages(event);
  return Buffer.from(request.serializeBinary());
}

function appendOf(template, id) {
  const bytes = Buffer.from(template);
  for (let at = bytes.indexOf(PLACEHOLDER); at >= 0; at = bytes.indexOf(PLACEHOLDER, at + 36)) bytes.write(id, at);
  return bytes;
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const idIn = (bytes) => ID.exec(bytes.toString('latin1'))?.[0];

/** So many appends are under way at once, each to a stream of its own. */
async function appends({ port, inFlight, seconds, warmUpSeconds }) {
  const client = connect(port);
  const call = client.makeBidiStreamRequest(`${METHOD}BatchAppend`, asIs, asIs);
  const run = randomUUID();
  const templates = Array.from({ length: inFlight }, (_, lane) => encodedAppend(`bench-${run}-${lane}`));
  const sent = new Map();
  const latencies = [];
  const from = performance.now() + warmUpSeconds * 1_000;
  const until = from + seconds * 1_000;
  let cpu;
  const send = (lane) => {
    const id = randomUUID();
    sent.set(id, [lane, performance.now()]);
    call.write(appendOf(templates[lane], id));
  };
  await new Promise((done, fail) => {
    call.on('error', fail);
    call.on('data', (bytes) => {
      const id = idIn(bytes);
      const [lane, at] = sent.get(id) ?? fail(new Error('an answer to nothing')) ?? [];
      sent.delete(id);
      if (latencies.length % 1_000 === 0 && streams.BatchAppendResp.deserializeBinary(bytes).hasError())
        fail(new Error('an append failed'));
      const now = performance.now();
      if (now >= from && now < until) {
        cpu ??= process.cpuUsage();
        latencies.push(now - at);
      }
      if (now < until) send(lane);
      else if (sent.size === 0) done();
    });
    for (let lane = 0; lane < inFlight; lane++) send(lane);
  });
  const used = process.cpuUsage(cpu);
  call.end();
  client.close();
  return {
    ...{ perSecond: latencies.length / seconds, ...quantiles(latencies) },
    loadCpu: (used.user + used.system) / 1e6 / seconds,
  };
}

function readRequest({ stream, subscribe }) {
  const none = new shared.Empty();
  const options = new streams.ReadReq.Options().setNoFilter(none);
  const uuids = new streams.ReadReq.Options.UUIDOption();
  options.setUuidOption(uuids.setString(none));
  if (stream === undefined) options.setAll(position(subscribe));
  else
    options.setStream(new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(streamId(stream)).setStart(none));
  options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  return Buffer.from(new streams.ReadReq().setOptions(options).serializeBinary());
}

const position = (from) => {
  const all = new streams.ReadReq.Options.AllOptions();
  return from === 'end' ? all.setEnd(new shared.Empty()) : all.setStart(new shared.Empty());
};

/** The first byte of an answer tells what it is: the number of its field. */
const EVENT = 1;
const CAUGHT_UP = 8;
const kindOf = (bytes) => bytes[0] >> 3;

/** One subscriber from the first event to word that it has caught up. */
async function history({ port, stream, events }) {
  const client = connect(port);
  const began = performance.now();
  const call = client.makeServerStreamRequest(`${METHOD}Read`, asIs, asIs, readRequest({ stream }));
  let heard = 0;
  await new Promise((done, fail) => {
    call.on('error', fail);
    call.on('data', (bytes) => {
      if (kindOf(bytes) === EVENT) heard++;
      else if (kindOf(bytes) === CAUGHT_UP) done();
    });
  });
  const seconds = (performance.now() - began) / 1_000;
  end(call, client);
  if (heard < events) throw new Error(`${heard} of ${events} events were read`);
  return { events: heard, seconds, perSecond: heard / seconds };
}

/** How long after an append was sent, at a fixed rate, a subscriber to the whole log has its event. */
async function live({ port, rate, seconds }) {
  const [writer, reader] = [connect(port), connect(port)];
  const appending = writer.makeBidiStreamRequest(`${METHOD}BatchAppend`, asIs, asIs);
  const reading = reader.makeServerStreamRequest(`${METHOD}Read`, asIs, asIs, readRequest({ subscribe: 'end' }));
  const template = encodedAppend(`bench-live-${randomUUID()}`);
  const sent = new Map();
  const [delivered, answered] = [[], []];
  let fault;
  const fail = (error) => (fault ??= error);
  for (const call of [appending, reading]) call.on('error', fail);
  appending.on('data', (bytes) => answered.push(performance.now() - sent.get(idIn(bytes))));
  const isLive = new Promise((done) =>
    reading.on('data', (bytes) => {
      if (kindOf(bytes) === CAUGHT_UP) done();
      else if (kindOf(bytes) === EVENT) delivered.push(performance.now() - sent.get(idIn(bytes)));
    }),
  );
  await isLive;
  const from = performance.now();
  for (let now = from; now < from + seconds * 1_000; now = performance.now()) {
    while (sent.size < ((now - from) / 1_000) * rate) {
      const id = randomUUID();
      sent.set(id, performance.now());
      appending.write(appendOf(template, id));
    }
    await delay(1);
  }
  for (const until = performance.now() + 10_000; delivered.length < sent.size && !fault; await delay(5))
    if (performance.now() > until) fail(new Error(`${delivered.length} of ${sent.size} events were delivered`));
  end(appending, writer);
  end(reading, reader);
  if (fault) throw fault;
  if (delivered.length !== sent.size) throw new Error('an event was delivered twice');
  return { rate, events: sent.size, delivered: quantiles(delivered), answered: quantiles(answered) };
}

function end(call, client) {
  call.on('error', () => undefined);
  call.cancel();
  client.close();
}

function quantiles(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? null;
  return { p50: at(0.5), p99: at(0.99), most: sorted.at(-1) ?? null };
}

const cases = { appends, history, live };
process.on('message', ({ what, ...order }) => {
  cases[what](order).then(
    (result) => process.send(result),
    (error) => process.send({ error: `${what}: ${error.message}` }),
  );
});
process.on('disconnect', () => process.exit(0));
