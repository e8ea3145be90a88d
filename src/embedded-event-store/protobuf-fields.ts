import protobuf from 'google-protobuf';
import type { BinaryReader } from 'google-protobuf';

/**
 * Walks the fields of an encoded message. The client's generated classes do not know the newest fields of a batch
 * append and are slow for a message that comes thousands of times a second, so appends are read by hand.
 */
export function eachField(bytes: Uint8Array, visit: (field: number, reader: BinaryReader) => void): void {
  const reader = protobuf.BinaryReader.alloc(bytes);
  try {
    while (reader.nextField()) {
      const start = reader.getCursor();
      visit(reader.getFieldNumber(), reader);
      if (reader.getCursor() === start) reader.skipField();
    }
    if (reader.getError()) throw new Error('truncated message');
  } finally {
    reader.free();
  }
}

/** A view of the bytes that is not a Buffer: the reader would copy one. */
export const plainBytes = (buffer: Uint8Array): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);

/** Reads UTF-8; what is not UTF-8 becomes replacement characters, never half a character. */
export function readText(reader: BinaryReader): string {
  const bytes = reader.readBytes();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
