import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ResolvedEvent, StoredEvent } from './event.js';
import { MessageWriter } from './message-writer.js';
import { TOMBSTONE } from './tombstones.js';
import { writeUuid } from './uuid.js';

/** What clients know the end of a closed stream by: nothing can come after it. */
const LAST_REVISION = 2n ** 63n - 1n;
const TICKS_PER_MILLISECOND = 10_000;

/** Event messages by event, so that what many subscribers get is encoded once. */
const encodedEvents = new WeakMap<StoredEvent, Buffer>();

/** Encodes what a reader gets; readers of the $all stream and of an event's own stream get the same bytes. */
export function encodeEvent(resolved: ResolvedEvent, structuredIds: boolean): Buffer {
  const { event, link } = resolved;
  if (link || structuredIds) return readEvent(resolved, structuredIds);
  let encoded = encodedEvents.get(event);
  if (!encoded) {
    encoded = readEvent(resolved, false);
    encodedEvents.set(event, encoded);
  }
  return encoded;
}

/** Room for everything but the texts and bytes of an event. */
const FRAME = 256;

/** The most bytes that an event can come to on the wire. */
export const roomFor = ({ stream, type, metadata, data }: StoredEvent): number =>
  FRAME + Buffer.byteLength(stream) + Buffer.byteLength(type) + metadata.byteLength + data.byteLength;

function readEvent({ event, link }: ResolvedEvent, structuredIds: boolean): Buffer {
  const writer = new MessageWriter((event ? roomFor(event) : 0) + (link ? roomFor(link) : 0));
  writer.message(1, () => {
    writer.integer(3, (link ?? event).position);
    if (link) writeRecord(writer, 2, link, structuredIds);
    if (event) writeRecord(writer, 1, event, structuredIds);
  });
  return writer.finish();
}

/** Writes the record of an event as a field, which goes from its last field to its first. */
export function writeRecord(writer: MessageWriter, field: number, event: StoredEvent, structuredIds: boolean): void {
  writer.message(field, () => {
    writer.bytes(8, event.data);
    writer.bytes(7, event.metadata);
    writeProperty(writer, 'content-type', event.isJson ? 'application/json' : 'application/octet-stream');
    writeProperty(writer, 'created', `${event.created * TICKS_PER_MILLISECOND}`);
    writeProperty(writer, 'type', event.type);
    writer.integer(5, event.position);
    writer.integer(4, event.position);
    writer.integer(3, event.type === TOMBSTONE ? LAST_REVISION : event.revision);
    writer.message(2, () => {
      writer.text(3, event.stream);
    });
    writeUuid(writer, 1, event.id, structuredIds);
  });
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

export const firstStreamPosition = (revision: number): Buffer =>
  encode((response) => response.setFirstStreamPosition(`${revision}`));

export const lastStreamPosition = (revision: number): Buffer =>
  encode((response) => response.setLastStreamPosition(`${revision}`));

function encode(fill: (response: ReadResp) => void): Buffer {
  const response = new streams.ReadResp();
  fill(response);
  return Buffer.from(response.serializeBinary());
}
