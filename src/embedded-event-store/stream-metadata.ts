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
const DELETED = 2n ** 63n - 1n;
const NUMBERS = ['$maxCount', '$maxAge', '$tb', '$cacheControl'];
const ROLES = ['$r', '$w', '$d', '$mr', '$mw'];

/** Reads a metadata event; one that breaks the rules for a key it knows counts as empty, as the original has it. */
export function parseMetadata(event: StoredEvent | undefined): StreamMetadata {
  const text = event?.isJson ? Buffer.from(event.data).toString() : '';
  const json = parseObject(text);
  if (!json || !isWellFormed(json)) return NO_METADATA;
  const integers = integersIn(json, text);
  if (!integers) return NO_METADATA;
  const [maxCount, maxAge, truncateBefore] = NUMBERS.map((key) => integers.get(key));
  return {
    ...(maxCount !== undefined && maxCount > 0n && { maxCount: Number(maxCount) }),
    ...(maxAge !== undefined && maxAge > 0n && { maxAge: Number(maxAge) }),
    ...(truncateBefore !== undefined && truncateBefore >= 0n && { truncateBefore: Number(truncateBefore) }),
    deleted: truncateBefore === DELETED,
    json,
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isWellFormed({ $acl = {}, $tmp = false }: Record<string, unknown>): boolean {
  return (
    typeof $tmp === 'boolean' && isObject($acl) && ROLES.every((key) => $acl[key] === undefined || isRoles($acl[key]))
  );
}

const isRoles = (value: unknown): boolean => [value].flat().every((role) => typeof role === 'string');

/** A number of JSON, or a text of it, which may have the look of a number. */
const NUMBER_OR_TEXT = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * The numbers as they are written, for a deleted stream differs from others by less than a JavaScript number tells;
 * undefined if one of them is no integer of 64 bits.
 */
function integersIn(json: Record<string, unknown>, text: string): Map<string, bigint> | undefined {
  const given = NUMBERS.filter((key) => json[key] !== undefined);
  if (given.length === 0) return new Map();
  const asTexts = parseObject(text.replace(NUMBER_OR_TEXT, (token) => (token.startsWith('"') ? token : `"${token}"`)));
  const written = given.map((key) => [key, typeof json[key] === 'number' ? String(asTexts?.[key]) : ''] as const);
  if (!written.every(([, digits]) => isInteger(digits))) return undefined;
  return new Map(written.map(([key, digits]) => [key, BigInt(digits)]));
}

const isInteger = (digits: string): boolean =>
  /^-?\d{1,19}$/.test(digits) && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);

/** The event that deletes a stream. Whatever was said of the stream before goes with it. */
export const deletion = (): ProposedEvent => metadataEvent(`{"$tb":${DELETED}}`);

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
