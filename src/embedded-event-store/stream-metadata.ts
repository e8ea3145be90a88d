import { randomUUID } from 'node:crypto';
import type { ProposedEvent, StoredEvent } from './event.js';
import { TOMBSTONE } from './tombstones.js';

/** What is said of a stream in its metadata stream, as far as it hides events. */
export type StreamMetadata = {
  readonly maxCount?: number;
  /** Seconds. */
  readonly maxAge?: number;
  readonly truncateBefore?: number;
  /** The stream reads as one that never was, until somebody writes to it again. */
  readonly deleted: boolean;
  /** All that was written, so that it can be written again with a change. */
  readonly json: Readonly<Record<string, unknown>>;
};

/** The metadata of stream `s` is in stream `$$s`, and only the last event there counts. */
export const metadataStreamOf = (stream: string): string => `$$${stream}`;

export const NO_METADATA: StreamMetadata = { deleted: false, json: {} };

/** A metadata stream shows its last event alone. */
export const OF_METADATA_STREAMS: StreamMetadata = { ...NO_METADATA, maxCount: 1 };

/** Written as the truncation of a deleted stream: the largest revision there can be. */
const DELETED = '{"$tb":9223372036854775807}';
/** As a JavaScript number that revision is 2^63; no stream comes near, so what is a little less means the same. */
const DELETED_FROM = 2 ** 63 - 1_024;

/** Reads a metadata event; one that breaks the rules for a key it knows counts as empty, as the original has it. */
export function parseMetadata(event: StoredEvent | undefined): StreamMetadata {
  const json = event?.isJson ? parseObject(event.data) : undefined;
  if (!json || !isWellFormed(json)) return NO_METADATA;
  const [maxCount, maxAge, truncateBefore] = [json.$maxCount, json.$maxAge, json.$tb] as (number | undefined)[];
  return {
    ...(maxCount !== undefined && maxCount > 0 && { maxCount }),
    ...(maxAge !== undefined && maxAge > 0 && { maxAge }),
    ...(truncateBefore !== undefined && truncateBefore >= 0 && { truncateBefore }),
    deleted: truncateBefore !== undefined && truncateBefore >= DELETED_FROM,
    json,
  };
}

function parseObject(data: Uint8Array): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(data).toString());
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isWellFormed(json: Record<string, unknown>): boolean {
  const numbers = ['$maxCount', '$maxAge', '$tb', '$cacheControl'].map((key) => json[key]);
  if (numbers.some((value) => value !== undefined && !Number.isInteger(value))) return false;
  return json.$acl === undefined || isObject(json.$acl);
}

/** The event that deletes a stream. Whatever was said of the stream before goes with it. */
export const deletion = (): ProposedEvent => metadataEvent(DELETED);

/** The event that hides all before a revision and leaves the rest of the metadata as it is. */
export const truncation = ({ json }: StreamMetadata, before: number): ProposedEvent =>
  metadataEvent(JSON.stringify({ ...json, $tb: before }));

export const metadataEvent = (json: string): ProposedEvent => ({
  id: randomUUID(),
  type: '$metadata',
  isJson: true,
  metadata: new Uint8Array(0),
  data: Buffer.from(json),
});

/** The event that closes a stream. */
export const tombstone = (): ProposedEvent => ({ ...metadataEvent(''), type: TOMBSTONE, isJson: false });
