import { randomUUID } from 'node:crypto';
import { openDatabase } from '../../src/embedded-event-store/database.js';
import { Log } from '../../src/embedded-event-store/log.js';

const PER_TRANSACTION = 10_000;
const PER_STREAM = 100;
const DATA = Buffer.from(JSON.stringify({ text: 'x'.repeat(180) }));
const METADATA = Buffer.from('{}');

/** Fills the directory of a store that is not running with so many events, by the store's own code: 100 a stream. */
export function seedLog(dir: string, events: number): void {
  const log = new Log(openDatabase(dir));
  const created = Date.now();
  const event = () => ({ id: randomUUID(), type: 'Seeded', isJson: true, metadata: METADATA, data: DATA });
  for (let written = 0; written < events;) {
    const until = Math.min(written + PER_TRANSACTION, events);
    log.transaction(() => {
      for (; written < until; written++) {
        log.insert(event(), `seed-${Math.floor(written / PER_STREAM)}`, written % PER_STREAM, created);
      }
    });
  }
  log.close();
}
