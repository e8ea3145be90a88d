import { errorText } from './error-text.js';
import { sizeOf } from './event.js';
import type { StoredEvent } from './event.js';
import { CorruptLog, isDamage } from './stored-row.js';

/** A page ends early once it holds this much. */
const PAGE_BYTES = 1_048_576;

/** Makes events of rows until there are enough. */
export function pageOf<Row>(rows: Iterable<Row>, toEvent: (row: Row) => StoredEvent): StoredEvent[] {
  const events = [];
  let bytes = 0;
  for (const row of rows) {
    const event = toEvent(row);
    events.push(event);
    bytes += sizeOf(event);
    if (bytes >= PAGE_BYTES) break;
  }
  return events;
}

/** A row the index has lost must not pass for one that never was. */
export function assertNoGap(
  events: StoredEvent[],
  place: (event: StoredEvent) => number,
  first: number,
  last: number,
  where: string,
): void {
  const missing = events.findIndex((event, index) => place(event) !== first + index);
  if (missing >= 0 || (events.length === 0 && first <= last)) {
    throw new CorruptLog(`event ${Math.abs(first + Math.max(missing, 0))} of ${where} is missing`);
  }
}

/** SQLite tells of a damaged page, and not what was to be read from it. */
export function naming<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new CorruptLog(`${where}: ${errorText(error).message}`, { cause: error });
  }
}
