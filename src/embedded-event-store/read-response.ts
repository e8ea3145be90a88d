import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from './event.js';
import { MessageWriter } from './message-writer.js';
import { writeUuid } from './uuid.js';

const TICKS_PER_MILLISECOND = 10_000;

/** Event messages by event, so that what many subscribers get is encoded once. */
const encodedEvents = new WeakMap<StoredEvent, Buffer>();

/** Encodes an event; readers of the $all stream and of its own stream get the same bytes. */
export function encodeEvent(event: StoredEvent, structuredIds: boolean): Buffer {
  if (structuredIds) return readEvent(event, true);
  let encoded = encodedEvents.get(event);
  if (!encoded) {
    encoded = readEvent(event, false);
    encodedEvents.set(event, encoded);
  }
  return encoded;
}

/** Room for everything but the texts and bytes of the event. */
const FRAME = 256;

function readEvent(event: StoredEvent, structuredIds: boolean): Buffer {
  const { stream, type, metadata, data, position } = event;
  const texts = Buffer.byteLength(stream) + Buffer.byteLength(type);
  const writer = new MessageWriter(FRAME + texts + metadata.byteLength + data.byteLength);
  writer.message(1, () => {
    writer.integer(3, position);
    writer.message(1, () => {
      writeRecord(writer, event, structuredIds);
    });
  });
  return writer.finish();
}

/** The record of an event: the writer goes from the last field to the first. */
function writeRecord(writer: MessageWriter, event: StoredEvent, structuredIds: boolean): void {
  writer.bytes(8, event.data);
  writer.bytes(7, event.metadata);
  writeProperty(writer, 'content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  writeProperty(writer, 'created', `${event.created * TICKS_PER_MILLISECOND}`);
  writeProperty(writer, 'type', event.type);
  writer.integer(5, event.position);
  writer.integer(4, event.position);
  writer.integer(3, event.revision);
  writer.message(2, () => {
    writer.text(3, event.stream);
  });
  writeUuid(writer, 1, event.id, structuredIds);
}

function writeProperty(writer: MessageWriter, key: string, value: string): void {
  writer.message(6, () => {
    writer.text(2, value);
    writer.text(1, key);
  });
}

export const confirmation = (id: string): Buffer =>
  encode((response) => response.setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id)));

export const caughtUp = (): Buffer => encode((response) => response.setCaughtUp(new streams.ReadResp.CaughtUp()));

export const checkpoint = (position: number): Buffer =>
  encode((response) =>
    response.setCheckpoint(
      new streams.ReadResp.Checkpoint().setCommitPosition(`${position}`).setPreparePosition(`${position}`),
    ),
  );

export const streamNotFound = (stream: string): Buffer =>
  encode((response) =>
    response.setStreamNotFound(
      new streams.ReadResp.StreamNotFound().setStreamIdentifier(
        new shared.StreamIdentifier().setStreamName(Buffer.from(stream)),
      ),
    ),
  );

export const lastStreamPosition = (revision: number): Buffer =>
  encode((response) => response.setLastStreamPosition(`${revision}`));

function encode(fill: (response: ReadResp) => void): Buffer {
  const response = new streams.ReadResp();
  fill(response);
  return Buffer.from(response.serializeBinary());
}
