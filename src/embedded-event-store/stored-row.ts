import { checksum } from './checksum.js';
import { errorText } from './error-text.js';
import type { StoredEvent } from './event.js';

/** A row of the events table. */
export type StoredRow = Omit<StoredEvent, 'isJson'> & { readonly isJson: number; readonly checksum: number };

/** What is stored is not what was written. */
export class CorruptLog extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`corrupt event store: ${what}`, options);
  }
}

/** A row that does not even say which event it was; whoever was reading knows where. */
class NoEvent extends Error {
  readonly code = 'SQLITE_CORRUPT_ROW';
}

/** Whether SQLite says that a page of its file is not what it was. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(errorText(error).code);

/** Makes an event of a row, or refuses to. */
export function fromRow(row: StoredRow): StoredEvent {
  const { position, stream, revision, id, type, created, metadata, data } = row;
  const event = { position, stream, revision, id, type, created, isJson: row.isJson === 1, metadata, data };
  if (typeof stream !== 'string' || typeof revision !== 'number') throw new NoEvent(`no event at position ${position}`);
  if (!isAsWritten(event, row.checksum)) {
    throw new CorruptLog(`event ${revision} of stream ${stream} at position ${position}`);
  }
  return event;
}

/** A damaged row may hold anything: bytes in place of the same text, which would pass, or nothing at all. */
function isAsWritten(event: StoredEvent, sum: number): boolean {
  const { id, type, metadata, data } = event;
  if (typeof id !== 'string' || typeof type !== 'string') return false;
  return metadata instanceof Uint8Array && data instanceof Uint8Array && checksum(event) === sum;
}
