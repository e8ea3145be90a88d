/** One dispatched event: `id` is the last event id there was by then, whoever set it. */
export type ServerSentEvent = Readonly<{ id: string; type: string; data: string }>;

/** Reads `text/event-stream` the way a browser does (WHATWG HTML §9.2.6), from text cut anywhere. */
export class ServerSentEvents {
  readonly events: ServerSentEvent[] = [];
  readonly comments: string[] = [];
  lastEventId = '';
  retry: number | undefined;
  private buffer = '';
  private type = '';
  private data: string[] = [];
  private id = '';

  feed(text: string): void {
    this.buffer += text;
    const lines = this.buffer.split(/\r\n|\n|\r(?!$)/);
    this.buffer = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === '') this.dispatch();
    else if (line.startsWith(':')) this.comments.push(line.slice(1).trim());
    else {
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      this.field(field, colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, ''));
    }
  }

  private field(name: string, value: string): void {
    if (name === 'event') this.type = value;
    if (name === 'data') this.data.push(value);
    if (name === 'id' && !value.includes('\0')) this.id = value;
    if (name === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
  }

  private dispatch(): void {
    this.lastEventId = this.id;
    if (this.data.length > 0)
      this.events.push({ id: this.id, type: this.type || 'message', data: this.data.join('\n') });
    this.type = '';
    this.data = [];
  }
}

/** All of a stream at once. */
export function readServerSentEvents(text: string): ServerSentEvents {
  const read = new ServerSentEvents();
  read.feed(text);
  return read;
}
