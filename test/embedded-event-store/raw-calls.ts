import { once } from 'node:events';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Client, credentials } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import googleEmpty from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';

/** The generated client, for what the official one never sends. */
export const rawClient = (port: number) =>
  new streamsGrpc.StreamsClient(`127.0.0.1:${port}`, credentials.createInsecure());

const asIs = (bytes: Buffer): Buffer => bytes;
const STREAMS = '/event_store.client.streams.Streams';

/** A client whose messages are any bytes at all. */
export function byteClient(port: number) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    read: (bytes: Buffer) => client.makeServerStreamRequest(`${STREAMS}/Read`, asIs, asIs, bytes),
    append: () => client.makeClientStreamRequest(`${STREAMS}/Append`, asIs, asIs, () => undefined),
    batchAppend: () => client.makeBidiStreamRequest(`${STREAMS}/BatchAppend`, asIs, asIs),
  };
}

export const uuid = (text: string) => new shared.UUID().setString(text);

export const streamId = (name: string | Uint8Array) =>
  new shared.StreamIdentifier().setStreamName(typeof name === 'string' ? Buffer.from(name) : name);

export function proposed(
  id: string,
  metadata: Record<string, string> = { type: 'T', 'content-type': 'application/json' },
) {
  const message = new streams.BatchAppendReq.ProposedMessage();
  if (id !== '') message.setId(uuid(id));
  for (const [key, value] of Object.entries(metadata)) message.getMetadataMap().set(key, value);
  return message.setData(Buffer.from('{}'));
}

export type Chunk = {
  readonly to?: string;
  readonly events?: ReturnType<typeof proposed>[];
  readonly final?: boolean;
  readonly deadline?: Date;
};

/** One message of a batch append; with a stream name it opens one. */
export function chunk(correlationId: string, { to, events = [], final = true, deadline }: Chunk) {
  const request = new streams.BatchAppendReq().setCorrelationId(uuid(correlationId)).setIsFinal(final);
  request.setProposedMessagesList(events);
  if (to === undefined) return request;
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(streamId(to));
  options.setAny(new googleEmpty.Empty());
  if (deadline) options.setDeadline(timestamp.Timestamp.fromDate(deadline));
  return request.setOptions(options);
}

/** Sends messages on one batch call; gives back as many answers as are asked for. */
export async function batch(port: number, requests: ReturnType<typeof chunk>[], answers: number) {
  const call = rawClient(port).batchAppend();
  const heard: BatchAppendResp[] = [];
  call.on('data', (response: BatchAppendResp) => heard.push(response));
  const failed = new Promise<never>((_, reject) => call.on('error', reject));
  failed.catch(() => undefined);
  for (const request of requests) call.write(request);
  while (heard.length < answers) await Promise.race([once(call, 'data'), failed]);
  return { heard, call };
}

/** Reads a finite answer, or the error that came in its place. */
export async function read(port: number, fill: (options: ReadReq.Options) => void): Promise<ReadResp[]> {
  const options = new streams.ReadReq.Options();
  fill(options);
  const heard: ReadResp[] = [];
  for await (const response of rawClient(port).read(new streams.ReadReq().setOptions(options))) {
    heard.push(response as ReadResp);
  }
  return heard;
}

/** The status a call ends with. */
export async function statusOf(call: NodeJS.EventEmitter): Promise<StatusObject> {
  call.on('data', () => undefined);
  call.on('error', () => undefined);
  return new Promise((resolve) => call.on('status', resolve));
}
