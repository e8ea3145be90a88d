import { expect } from '@jest/globals';
import { fileIn } from '../../src/embedded-event-store/database.js';
import { assertWhole } from '../../src/embedded-event-store/open-check.js';
import { readSnapshot } from '../../src/embedded-event-store/reading.js';
import { verifyLog } from '../../src/embedded-event-store/verify-log.js';

/** Verifies a log as the command does, which names the first fault; it must hold so many events, or more. */
export function expectWholeLog(dir: string, atLeast: number): void {
  assertWhole(dir, fileIn(dir));
  const { events } = readSnapshot(fileIn(dir), (database) => verifyLog(database, () => undefined));
  expect(events).toBeGreaterThanOrEqual(atLeast);
}
