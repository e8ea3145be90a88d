// @ts-check
import { setTimeout as pause } from 'node:timers/promises';
import { START, streamNameFilter } from '@eventstore/db-client';

/** @import { AllStreamRecordedEvent, EventStoreDBClient } from '@eventstore/db-client' */

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Calls `tell` with every event of a user after a position, one after the other, until `signal` aborts. A subscription
 * that ends, with an error or without one, was dropped: it is taken up again after the last event told.
 *
 * @param {EventStoreDBClient} client
 * @param {() => bigint | undefined} position
 * @param {(event: AllStreamRecordedEvent) => void} tell what it throws ends this, for the event was not told
 * @param {AbortSignal} signal
 */
export async function follow(client, position, tell, signal) {
  for (let failures = 0; !signal.aborted; failures++) {
    const after = position();
    const subscription = client.subscribeToAll({
      fromPosition: after === undefined ? START : { commit: after, prepare: after },
      filter: streamNameFilter({ prefixes: ['user-'] }),
    });
    // The loop hears of errors while it runs. One that comes later must have a listener too, or it ends the process.
    subscription.on('error', () => undefined);
    const stop = () => subscription.destroy();
    signal.addEventListener('abort', stop);
    let told = false;
    /** @type {unknown} */
    let fault;
    try {
      // One at a time: a handler of `data` that awaits something would be called again meanwhile.
      for await (const { event } of dropsAsErrors(subscription, (error) => (fault = error))) {
        if (!event) continue;
        tell(event);
        told = true;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      // Leaving the loop destroys the stream, and not the call that feeds it.
      subscription.unsubscribe().catch(() => undefined);
    }
    if (signal.aborted) return;
    if (told) failures = 0;
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    console.error(`dropped: ${fault instanceof Error ? fault.message : 'the server ended it'}; subscribing again`);
    // Jittered, so that many consumers do not come back as one.
    await pause(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}

/**
 * What a stream brings; its error is reported rather than thrown, and so not taken for one of whoever reads.
 *
 * @template T
 * @param {AsyncIterable<T>} stream
 * @param {(error: unknown) => void} report
 */
async function* dropsAsErrors(stream, report) {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((/** @type {unknown} */ error) => void report(error));
      if (!next || next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
