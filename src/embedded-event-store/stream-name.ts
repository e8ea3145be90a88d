import { isUtf8 } from 'node:buffer';

/** Names that mean something else, or nothing: `$$` would be the metadata of a stream without a name. */
const RESERVED = ['', '$$', '$all'];

/** Reads the name of a stream; undefined if no stream may have it. Other bytes than UTF-8 would make two names one. */
export function decodeStreamName(bytes: Uint8Array | undefined): string | undefined {
  if (!bytes || !isUtf8(bytes)) return undefined;
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return RESERVED.includes(name) ? undefined : name;
}
