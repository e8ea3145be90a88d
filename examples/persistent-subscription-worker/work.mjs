// @ts-check
import { setTimeout as pause } from 'node:timers/promises';
import { PoisonEvent } from './hook.mjs';

/** @import { JSONRecordedEvent, PersistentSubscriptionToStream } from '@eventstore/db-client' */
/** @import { PersistentSubscriptionToStreamResolvedEvent } from '@eventstore/db-client' */
/** @typedef {(event: JSONRecordedEvent) => Promise<void>} Handler */

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Takes events of a group one at a time until the subscription ends or `signal` aborts, and answers each by what became
 * of it. Resolves to the number of events taken.
 *
 * @param {PersistentSubscriptionToStream} subscription
 * @param {Handler} handle
 * @param {AbortSignal} signal
 */
export async function work(subscription, handle, signal) {
  let taken = 0;
  for await (const message of subscription) {
    taken++;
    const told = await answer(subscription, message, handle, signal);
    console.log(told);
    if (signal.aborted) break;
  }
  return taken;
}

/**
 * @param {PersistentSubscriptionToStream} subscription
 * @param {PersistentSubscriptionToStreamResolvedEvent} message
 * @param {Handler} handle
 * @param {AbortSignal} signal
 */
async function answer(subscription, message, handle, signal) {
  const event = /** @type {JSONRecordedEvent | undefined} */ (message.event);
  const name = event ? `${event.type} ${event.id}` : `link ${message.link?.id} to nothing`;
  try {
    if (event) await handle(event);
    await subscription.ack(message);
    return `done ${name}`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof PoisonEvent) {
      await subscription.nack('park', reason, message);
      return `parked ${name}: ${reason}`;
    }
    // It would come again at once: the pause is ours to make, and shorter than the group's message time-out.
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** message.retryCount, LONGEST_PAUSE_MS);
    await pause(longest, undefined, { signal }).catch(() => undefined);
    await subscription.nack('retry', reason, message);
    return `failed ${name}: ${reason}`;
  }
}
