import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Call = Readonly<{ id: string; key: string | undefined; type: string; accepted: boolean }>;
/** A status to answer with, or `hang` for no answer. */
export type Answer = number | 'hang';

/** An HTTP server that is handed events, and takes them or not as a test has it. */
export class Hook {
  readonly calls: Call[] = [];
  answer: (id: string, before: number) => Answer = () => 204;
  private readonly waiting = new Set<() => void>();
  private readonly server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      this.take(JSON.parse(body) as { id: string; type: string }, request.headers['idempotency-key'], response);
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** The ids of what was taken, in order. */
  get accepted(): string[] {
    return this.calls.filter(({ accepted }) => accepted).map(({ id }) => id);
  }

  until(holds: (hook: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds(this)) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  private take({ id, type }: { id: string; type: string }, key: unknown, response: ServerResponse): void {
    const answer = this.answer(id, this.calls.filter((call) => call.id === id).length);
    const accepted = answer !== 'hang' && answer < 300;
    this.calls.push({ id, type, key: typeof key === 'string' ? key : undefined, accepted });
    if (answer !== 'hang') response.writeHead(answer).end();
    for (const look of this.waiting) look();
  }
}
