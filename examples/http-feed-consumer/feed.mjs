// @ts-check
import { serverSentEvents } from './server-sent-events.mjs';

/** @import { Message } from './server-sent-events.mjs' */

/** The service sends a comment every 15 s: so much silence is a connection that is gone. */
const SILENCE_MS = 45_000;

/** The service does not let us in; asking again will not help. */
export class Refused extends Error {}

/** The service is there, but not now. */
export class TryLater extends Error {
  /**
   * @param {string} message
   * @param {number} seconds
   */
  constructor(message, seconds) {
    super(message);
    this.seconds = seconds;
  }
}

/**
 * The feed after a cursor, until the connection ends.
 *
 * @param {URL} feed
 * @param {string} apiKey
 * @param {string | undefined} after
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Message, void>}
 * @throws Refused | TryLater
 */
export async function* readFeed(feed, apiKey, after, signal) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('the feed fell silent')), SILENCE_MS);
  try {
    const response = await fetch(feed, {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${apiKey}`,
        ...(after !== undefined && { 'last-event-id': after }),
      },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    await check(response);
    if (response.body) yield* serverSentEvents(noted(response.body, () => timer.refresh()));
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** @param {Response} response */
async function check(response) {
  const { status } = response;
  if (status === 200) return;
  const said = `the feed answered ${status}: ${(await response.text()).slice(0, 300)}`;
  const tryLater = status >= 500 || status === 408 || status === 429;
  if (!tryLater) throw new Refused(said);
  throw new TryLater(said, Number(response.headers.get('retry-after')) || 0);
}

/**
 * @template T
 * @param {AsyncIterable<T>} source
 * @param {() => void} note
 */
async function* noted(source, note) {
  for await (const each of source) {
    note();
    yield each;
  }
}
