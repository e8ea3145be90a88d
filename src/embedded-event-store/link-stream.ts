import { createHash } from 'node:crypto';
import type { StoredEvent } from './event.js';
import { TOMBSTONE } from './tombstones.js';

const CATEGORY = '$ce-';
const EVENT_TYPE = '$et-';

/** The type of an event that stands for another one. */
export const LINK = '$>';

/** Whether the store itself keeps the stream, as a list of the events of a category or of a type. */
export const isLinkStream = (stream: string): boolean => stream.startsWith(CATEGORY) || stream.startsWith(EVENT_TYPE);

/** The link streams an event belongs to. The category of a stream is its name up to the first dash. */
export function linkStreamsOf({ stream, type }: Pick<StoredEvent, 'stream' | 'type'>): string[] {
  if (stream.startsWith('$') || type === TOMBSTONE) return [];
  const dash = stream.indexOf('-');
  const category = dash > 0 ? [CATEGORY + stream.slice(0, dash)] : [];
  return type === LINK ? category : [...category, EVENT_TYPE + type];
}

/** What a link stream holds for an event; the same event gives the same link, however often it is read. */
export function linkTo(target: StoredEvent, stream: string, revision: number): StoredEvent {
  const { position, created, id } = target;
  const place = `${target.revision}@${target.stream}`;
  return {
    ...{ position, stream, revision, created, type: LINK, isJson: false },
    id: linkId(stream, id, position),
    metadata: Buffer.from(JSON.stringify({ $o: target.stream, $causedBy: id, $p: position })),
    data: target.type === LINK ? target.data : Buffer.from(place),
  };
}

/** A UUID of version 5. The position is part of it, for the id of an event need not be its own. */
function linkId(stream: string, id: string, position: number): string {
  const bytes = createHash('sha1').update(`${id} ${position} ${stream}`).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
