// @ts-check
// Hands every event of a user on to an HTTP hook: at least once, several workers sharing the work.
import { setTimeout as pause } from 'node:timers/promises';
import { AccessDeniedError, EventStoreDBClient, PersistentSubscriptionDoesNotExistError } from '@eventstore/db-client';
import { handOn } from './hook.mjs';
import { readSettings } from './settings.mjs';
import { work } from './work.mjs';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

async function main() {
  const { url, stream, group, hook } = readSettings(process.env);
  const stopping = new AbortController();
  const { signal } = stopping;
  for (const name of ['SIGTERM', 'SIGINT']) process.once(name, () => stopping.abort());
  const client = EventStoreDBClient.connectionString(url);
  console.log(`working for ${group} on ${stream}`);
  for (let failures = 0; !signal.aborted; failures++) {
    // One event in the worker's hands at a time; a buffer would only be given back to the group when it ends.
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, group, { bufferSize: 1 });
    // One that comes after the loop must have a listener too, or it ends the process.
    subscription.on('error', () => undefined);
    const stop = () => subscription.push(null);
    signal.addEventListener('abort', stop);
    let why = 'the server ended it';
    try {
      if ((await work(subscription, (event) => handOn(hook, event), signal)) > 0) failures = 0;
    } catch (error) {
      if (error instanceof PersistentSubscriptionDoesNotExistError)
        throw new Error(`there is no group ${group} on ${stream}: npm run -s cli -- consumers create ${group}`);
      if (error instanceof AccessDeniedError) throw new Error('these credentials may not take from the group');
      why = error instanceof Error ? error.message : String(error);
    } finally {
      signal.removeEventListener('abort', stop);
      // Leaving the loop destroys the stream, and not the call that feeds it.
      subscription.unsubscribe().catch(() => undefined);
    }
    if (signal.aborted) return;
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    console.error(`dropped: ${why}; connecting again`);
    await pause(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}

main().then(
  () => process.exit(0),
  (/** @type {unknown} */ error) => {
    console.error(`persistent-subscription-worker: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
