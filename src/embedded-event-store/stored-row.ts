import { checksum } from './checksum.js';
import type { StoredEvent } from './event.js';

/** A row of the events table. */
export type StoredRow = Omit<StoredEvent, 'isJson'> & { readonly isJson: number; readonly checksum: number };

/** What is stored is not what was written. */
export class CorruptLog extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`corrupt event store: ${what}`, options);
  }
}

/** Makes an event of a row, or refuses to. */
export function fromRow(row: StoredRow): StoredEvent {
  const { position, stream, revision, id, type, created, metadata, data } = row;
  const event = { position, stream, revision, id, type, created, isJson: row.isJson === 1, metadata, data };
  if (checksum(event) !== row.checksum) {
    throw new CorruptLog(`event ${revision} of stream ${stream} at position ${position}`);
  }
  return event;
}
