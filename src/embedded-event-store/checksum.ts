import { crc32 } from 'node:zlib';
import type { StoredEvent } from './event.js';

/** Covers every field, and where one ends: bytes that move between metadata and data are a fault as well. */
export function checksum(event: StoredEvent): number {
  const { position, revision, created, id, isJson, type, stream, metadata, data } = event;
  const head = `${position} ${revision} ${created} ${id} ${isJson} ${type.length} ${metadata.byteLength} ${type}${stream}`;
  return crc32(data, crc32(metadata, crc32(head)));
}
