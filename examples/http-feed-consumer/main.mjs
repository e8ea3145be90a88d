// @ts-check
// Prints the user events of an account as they come, over HTTP alone, and goes on where it was when started again.
import { setTimeout as pause } from 'node:timers/promises';
import { Cursor } from './cursor.mjs';
import { readFeed, Refused, TryLater } from './feed.mjs';
import { readSettings } from './settings.mjs';

/** @import { UserCloudEvent } from 'user-ledger/events' */

/** Until the service asks for another. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;

async function main() {
  const { feed, apiKey, cursorFile } = readSettings(process.env);
  const cursor = new Cursor(cursorFile);
  const stopping = new AbortController();
  const { signal } = stopping;
  for (const name of ['SIGTERM', 'SIGINT']) process.once(name, () => stopping.abort());
  console.log(`reading ${feed.href} after ${cursor.value ?? 'the beginning'}`);
  let firstPause = FIRST_PAUSE_MS;
  for (let failures = 0; !signal.aborted; failures++) {
    let [why, least] = ['the server ended it', 0];
    try {
      for await (const message of readFeed(feed, apiKey, cursor.value, signal)) {
        if (message.retry !== undefined) firstPause = message.retry;
        if (message.data !== undefined) handle(message.event, message.data);
        // After it was handled: whoever is killed in between gets it once more, with the same id.
        if (message.id) cursor.moveTo(message.id);
        if (message.data !== undefined) failures = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused) throw error;
      if (error instanceof TryLater) least = error.seconds * 1_000;
      why = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    console.error(`dropped: ${why}; reading again`);
    const longest = Math.min(firstPause * 2 ** failures, LONGEST_PAUSE_MS);
    await pause(Math.max(least, longest * (0.5 + Math.random() / 2)), undefined, { signal }).catch(() => undefined);
  }
}

/**
 * @param {string} event
 * @param {string} data
 */
function handle(event, data) {
  if (event === 'caught-up') {
    console.log('caught up');
    return;
  }
  const document = /** @type {UserCloudEvent} */ (JSON.parse(data));
  switch (document.type) {
    case 'UserRenamed':
      console.log(`${document.id} ${document.type} ${document.subject} to ${document.data.to}`);
      return;
    default:
      // Types that will be thought of later come here too.
      console.log(`${document.id} ${document.type} ${document.subject}`);
  }
}

main().then(
  () => process.exit(0),
  (/** @type {unknown} */ error) => {
    console.error(`http-feed-consumer: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
