import type { StoredEvent } from './event.js';
import { isUuid } from './uuid.js';

/** The line of an export that cannot be an event. */
export class InvalidLine extends Error {}

const JSON_TYPE = 'application/json';
const OTHER_TYPE = 'application/octet-stream';

/**
 * An event as one line of JSON. Bytes that are JSON, written as JavaScript would write it, stand there as they are; all
 * others in base64, under another name, so that an import gives the very same bytes. Metadata that is empty is left out.
 */
export function toLine(event: StoredEvent): string {
  const { position, stream, revision, id, type, created, isJson, data, metadata } = event;
  const head = JSON.stringify({
    ...{ position, stream, revision, id, type },
    created: new Date(created).toISOString(),
    contentType: isJson ? JSON_TYPE : OTHER_TYPE,
  });
  const tail = field('data', data, isJson) + (metadata.byteLength === 0 ? '' : field('metadata', metadata, true));
  return `${head.slice(0, -1)}${tail}}\n`;
}

function field(name: string, bytes: Uint8Array, mayBeJson: boolean): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = mayBeJson ? canonicalJson(buffer) : undefined;
  return text === undefined ? `,"${name}Base64":"${buffer.toString('base64')}"` : `,"${name}":${text}`;
}

/** The text, if reading and writing it gives these bytes again. */
function canonicalJson(bytes: Buffer): string | undefined {
  const text = bytes.toString();
  try {
    return JSON.stringify(JSON.parse(text)) === text && bytes.equals(Buffer.from(text)) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the line of an event. @throws InvalidLine saying what is wrong with it */
export function fromLine(line: string): StoredEvent {
  const fields = parse(line);
  const position = numberIn(fields, 'position');
  const revision = numberIn(fields, 'revision');
  const [stream, type, id] = [textIn(fields, 'stream'), textIn(fields, 'type'), textIn(fields, 'id')];
  if (!isUuid(id)) throw new InvalidLine('id is not a UUID in lower case');
  const contentType = textIn(fields, 'contentType');
  if (contentType !== JSON_TYPE && contentType !== OTHER_TYPE) {
    throw new InvalidLine(`contentType is neither ${JSON_TYPE} nor ${OTHER_TYPE}`);
  }
  const data = bytesIn(fields, 'data');
  if (!data) throw new InvalidLine('data is missing');
  const metadata = bytesIn(fields, 'metadata') ?? Buffer.alloc(0);
  const created = timeIn(fields);
  return { position, stream, revision, id, type, created, isJson: contentType === JSON_TYPE, data, metadata };
}

type Fields = Readonly<Record<string, unknown>>;

function parse(line: string): Fields {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // As for any other JSON that is no object.
  }
  throw new InvalidLine('this is not a JSON object');
}

function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw new InvalidLine(`${name} is not a whole number`);
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new InvalidLine(`${name} is not a text`);
}

function timeIn(fields: Fields): number {
  const text = textIn(fields, 'created');
  const time = Date.parse(text);
  if (!Number.isNaN(time) && new Date(time).toISOString() === text) return time;
  throw new InvalidLine('created is not a time as in 2026-01-02T03:04:05.678Z');
}

function bytesIn(fields: Fields, name: string): Buffer | undefined {
  const encoded = fields[`${name}Base64`];
  if (fields[name] !== undefined && encoded !== undefined) throw new InvalidLine(`${name} is given twice`);
  if (fields[name] !== undefined) return Buffer.from(JSON.stringify(fields[name]));
  if (encoded === undefined) return undefined;
  const bytes = typeof encoded === 'string' ? Buffer.from(encoded, 'base64') : undefined;
  if (bytes?.toString('base64') === encoded) return bytes;
  throw new InvalidLine(`${name}Base64 is not base64`);
}
