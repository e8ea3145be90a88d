// @ts-check

/** @import { JSONRecordedEvent } from '@eventstore/db-client' */

const ANSWER_WITHIN_MS = 10_000;

/** An event that will fail however often it is tried. */
export class PoisonEvent extends Error {}

/**
 * Hands an event on to another system, such as one that sends mails. It may be called twice with the same event: the
 * event's id goes along as the key by which the other side knows that.
 *
 * @param {string} hook
 * @param {JSONRecordedEvent} event
 * @throws PoisonEvent, or any other error where it is worth trying again
 */
export async function handOn(hook, { id, type, data, metadata }) {
  if (typeof data !== 'object') throw new PoisonEvent('it is no JSON');
  const { status } = await fetch(hook, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': id },
    body: JSON.stringify({ id, type, data, metadata }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (status < 300) return;
  // Whoever says that it is our fault will say so again.
  const final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  throw final ? new PoisonEvent(`it was refused with ${status}`) : new Error(`the answer was ${status}`);
}
