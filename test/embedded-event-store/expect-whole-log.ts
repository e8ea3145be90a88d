import { expect } from '@jest/globals';
import { openDatabase } from '../../src/embedded-event-store/database.js';
import { Log } from '../../src/embedded-event-store/log.js';

const PAGE = 5_000;

/**
 * Reads all of a log whose store is not running, by the store's own code, which checks each event against its sum and
 * misses none that is gone; holds SQLite's own check against the file, and the revisions of every stream.
 */
export function expectWholeLog(dir: string, atLeast: number): void {
  const database = openDatabase(dir);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const log = new Log(database);
  const next = new Map<string, number>();
  let last = 0;
  for (let page = log.allForwards(1, PAGE); page.length > 0; page = log.allForwards(last + 1, PAGE)) {
    for (const { stream, revision, position } of page) {
      const wanted = next.get(stream) ?? 0;
      if (revision !== wanted) expect({ stream, position, revision }).toEqual({ stream, position, revision: wanted });
      next.set(stream, wanted + 1);
      last = position;
    }
  }
  expect(last).toBe(log.lastPosition);
  expect(last).toBeGreaterThanOrEqual(atLeast);
  log.close();
}
