// A client of the feed of user events that does little more than count: what it takes, the service does not get.
import { request } from 'node:http';

const BLOCK_END = '\n\n';
const CAUGHT_UP = 'event: caught-up';

export class FeedClient {
  #request;
  #buffer = '';
  #closing = false;
  /** User events received. */
  events = 0;
  /** When history was through, by `performance.now()`. */
  caughtUpAt;
  /** Why it ended before it was closed. */
  failure;

  /** @param onEvent is called with the text of each event */
  constructor(service, onEvent = () => undefined) {
    this.onEvent = onEvent;
    this.caughtUp = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    this.caughtUp.catch(() => undefined);
    const headers = { accept: 'text/event-stream', authorization: service.authorization };
    this.#request = request(new URL('/v2/user-events', service.url), { agent: false, headers });
    this.#request.on('error', (error) => this.#fail(error.message));
    this.#request.on('response', (response) => {
      if (response.statusCode !== 200) this.#fail(`answered with ${response.statusCode}`);
      response.setEncoding('utf8').on('data', (text) => this.#take(text));
      response.on('error', (error) => this.#fail(error.message));
      response.on('end', () => this.#fail('the stream ended'));
    });
    this.#request.end();
  }

  close() {
    this.#closing = true;
    this.#request.destroy();
  }

  #take(text) {
    const blocks = (this.#buffer + text).split(BLOCK_END);
    this.#buffer = blocks.pop();
    for (const block of blocks)
      if (block.includes(CAUGHT_UP)) this.#through();
      else if (block.includes('\ndata: ')) {
        this.events++;
        this.onEvent(block);
      }
  }

  #through() {
    this.caughtUpAt = performance.now();
    this.resolve();
  }

  #fail(why) {
    if (this.#closing) return;
    this.failure ??= why;
    this.reject(new Error(`a client of the feed failed: ${why}`));
  }
}

/** Opens so many, a few at a time; resolves once history is through for all of them. */
export async function openClients(service, count, onEvent) {
  const clients = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(50, count - clients.length) }, () => new FeedClient(service, onEvent));
    clients.push(...some);
    await Promise.all(some.map((client) => client.caughtUp));
  }
  return clients;
}
