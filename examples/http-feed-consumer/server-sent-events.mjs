// @ts-check

/**
 * `data` is undefined where there is no event, only word of where the next one comes after (`id`), or of how many
 * milliseconds to wait before coming back (`retry`).
 *
 * @typedef {{ id: string | undefined, event: string, data: string | undefined, retry: number | undefined }} Message
 */

/**
 * What a body of type text/event-stream says, as the HTML standard tells it apart. What is cut short is not said.
 * Comments, such as those that keep a connection alive, are passed over.
 *
 * @param {AsyncIterable<Uint8Array>} body
 * @returns {AsyncGenerator<Message, void>}
 */
export async function* serverSentEvents(body) {
  /** @type {string | undefined} */
  let id;
  let message = empty();
  for await (const line of lines(body)) {
    if (line === '') {
      const { event, data, retry, says } = message;
      if (says) yield { id, event, data: data.length > 0 ? data.join('\n') : undefined, retry };
      message = empty();
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?)?(.*)$/s.exec(line) ?? [];
    if (field === 'data') message.data.push(value);
    else if (field === 'event') message.event = value || 'message';
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) message.retry = Number(value);
    message.says ||= ['data', 'id', 'retry'].includes(field);
  }
}

const empty = () => ({
  event: 'message',
  data: /** @type {string[]} */ ([]),
  retry: /** @type {number | undefined} */ (undefined),
  says: false,
});

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
