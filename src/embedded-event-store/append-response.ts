import { NO_REVISION } from './event.js';
import type { ExpectedRevision } from './expected-revision.js';
import { MessageWriter } from './message-writer.js';

const EMPTY = new Uint8Array(0);
/** How older clients were told that a stream without events was expected. */
const MINUS_ONE = 2n ** 64n - 1n;
const CAPACITY = 128;

export function encodeAppended(revision: number, position: number): Buffer {
  const writer = new MessageWriter(CAPACITY);
  writer.message(1, () => {
    writeSuccess(writer, revision, position);
  });
  return writer.finish();
}

/** Both append calls tell a success by the same fields. */
export function writeSuccess(writer: MessageWriter, revision: number, position: number): void {
  if (position === 0) writer.bytes(4, EMPTY);
  else writePosition(writer, position);
  if (revision === NO_REVISION) writer.bytes(2, EMPTY);
  else writer.integer(1, revision);
}

function writePosition(writer: MessageWriter, position: number): void {
  writer.message(3, () => {
    writer.integer(2, position);
    writer.integer(1, position);
  });
}

/** A conflict is an answer, not an error, and is told in the terms of new clients (6 to 11) and of old ones (1 to 5). */
export function encodeConflict(expected: ExpectedRevision, current: number): Buffer {
  const writer = new MessageWriter(CAPACITY);
  writer.message(2, () => {
    writeExpected(writer, expected, { exact: 8, any: 9, stream_exists: 10, no_stream: 11 });
    writeCurrent(writer, current, { revision: 6, none: 7 });
    writeExpected(writer, expected === 'no_stream' ? MINUS_ONE : expected, { exact: 3, any: 4, stream_exists: 5 });
    writeCurrent(writer, current, { revision: 1, none: 2 });
  });
  return writer.finish();
}

type ExpectedFields = { readonly exact: number; readonly any: number; readonly stream_exists: number };

function writeExpected(
  writer: MessageWriter,
  expected: ExpectedRevision,
  fields: ExpectedFields & { readonly no_stream?: number },
): void {
  if (typeof expected === 'bigint') writer.integer(fields.exact, expected);
  else writer.bytes(fields[expected] ?? fields.exact, EMPTY);
}

function writeCurrent(writer: MessageWriter, current: number, fields: { revision: number; none: number }): void {
  if (current === NO_REVISION) writer.bytes(fields.none, EMPTY);
  else writer.integer(fields.revision, current);
}
