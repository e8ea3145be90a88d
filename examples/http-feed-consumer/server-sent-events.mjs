// @ts-check

/** @typedef {{ id: string | undefined, event: string, data: string }} ServerSentEvent */

/**
 * The events in a body of type text/event-stream, as the HTML standard tells them apart. An event that is cut short is
 * none. Comments, such as those that keep a connection alive, are passed over.
 *
 * @param {AsyncIterable<Uint8Array>} body
 * @returns {AsyncGenerator<ServerSentEvent, void>}
 */
export async function* serverSentEvents(body) {
  /** @type {string | undefined} */
  let id;
  let event = '';
  /** @type {string[]} */
  let data = [];
  for await (const line of lines(body)) {
    if (line === '') {
      if (data.length > 0) yield { id, event: event || 'message', data: data.join('\n') };
      event = '';
      data = [];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?)?(.*)$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }
}

/** @param {AsyncIterable<Uint8Array>} body */
async function* lines(body) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A CR at the very end may be half of a CRLF.
    const parts = rest.split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
