import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = '/v2/user-events';
export const KEY = 'ul_key';

type Serve = (response: ServerResponse, after: number) => void;

/** The feed as its consumers know it: events 1 to `events`, their cursors opaque, one document each. */
export class FakeFeed {
  events = 0;
  /** The headers of each request for the feed. */
  readonly requests: IncomingHttpHeaders[] = [];
  /** What becomes of the next requests; after these, everything there is and what comes. */
  readonly next: Serve[] = [];
  private readonly live = new Set<{ response: ServerResponse; sent: number }>();
  private readonly server = createServer(({ url, headers }, response) => {
    if (url !== PATH || headers.accept !== 'text/event-stream') return void response.writeHead(404).end();
    if (headers.authorization !== `Bearer ${KEY}`)
      return void response.writeHead(401).end('{"title":"Unauthenticated"}');
    this.requests.push(headers);
    const after = Number(/^c(\d+)$/.exec(String(headers['last-event-id'] ?? 'c0'))?.[1]);
    (this.next.shift() ?? this.serve)(response, after);
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Word that nothing more is there: of where the next event comes after. */
  keepAlive(cursor: number): void {
    for (const { response } of this.live) response.write(`: keep-alive\nid: c${cursor}\n\n`);
  }

  /** One more event, for whoever listens too. */
  add(): void {
    this.events++;
    for (const reader of this.live) this.bring(reader);
  }

  readonly serve: Serve = (response, after) => {
    const reader = { response: begin(response), sent: after };
    this.bring(reader);
    response.write(`id: c${this.events}\nevent: caught-up\ndata: {}\n\n: here\n\n`);
    this.live.add(reader);
    response.on('close', () => this.live.delete(reader));
  };

  private bring(reader: { response: ServerResponse; sent: number }): void {
    while (reader.sent < this.events) reader.response.write(message(++reader.sent));
  }
}

export function begin(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 20\n\n');
  return response;
}

export function message(number: number): string {
  const type = number % 3 === 0 ? 'UserRenamed' : 'UserRemoved';
  const document = { specversion: '1.0', id: `e${number}`, type, subject: `s${number}`, data: { to: `Zoë ${number}` } };
  return `id: c${number}\nevent: ${type}\ndata: ${JSON.stringify(document)}\n\n`;
}

/** What a consumer is to print of an event. */
export const told = (number: number): string =>
  number % 3 === 0 ? `e${number} UserRenamed s${number} to Zoë ${number}` : `e${number} UserRemoved s${number}`;
