import { crc32 } from 'node:zlib';
import type { StoredEvent } from './event.js';

/** Covers every field, and where one ends: bytes that move between metadata and data are a fault as well. */
export function checksum(event: StoredEvent): number {
  const { position, revision, created, id, isJson, type, stream, metadata, data } = event;
  const head = `${position} ${revision} ${created} ${id} ${isJson} ${type.length} ${metadata.byteLength} ${type}${stream}`;
  return update(update(crc32(head), metadata), data);
}

/** For zlib, bytes at no address, which is where an empty buffer may lie, mean starting over. */
const update = (sum: number, bytes: Uint8Array): number => (bytes.byteLength === 0 ? sum : crc32(bytes, sum));
