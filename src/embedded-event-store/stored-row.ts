import { checksum } from './checksum.js';
import type { StoredEvent } from './event.js';

/** A row of the events table. */
export type StoredRow = Omit<StoredEvent, 'isJson'> & { readonly isJson: number; readonly checksum: number };

export const COLUMNS = 'position, stream, revision, id, type, created, is_json AS isJson, metadata, data, checksum';

/** What is stored is not what was written. */
export class CorruptLog extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`corrupt event store: ${what}`, options);
  }
}

/** Makes an event of a row, or refuses to. */
export function fromRow({ checksum: stored, isJson, ...rest }: StoredRow): StoredEvent {
  const event = { ...rest, isJson: isJson === 1 };
  if (checksum(event) !== stored) {
    throw new CorruptLog(`event ${event.revision} of stream ${event.stream} at position ${event.position}`);
  }
  return event;
}
