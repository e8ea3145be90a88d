import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector gets it. */
export type ReceivedSpan = Readonly<{
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: readonly { key: string; value: object }[];
  status: Readonly<{ code?: number }>;
}>;

type Manner = 'takes all' | 'fails' | 'hangs';
type Received = Readonly<{
  resourceSpans: readonly {
    resource: Readonly<{ attributes: readonly { key: string; value: object }[] }>;
    scopeSpans: readonly { spans: readonly ReceivedSpan[] }[];
  }[];
}>;

/** A collector of traces, OTLP over HTTP in JSON, that keeps what it gets. */
export class OtlpCollector {
  readonly spans: ReceivedSpan[] = [];
  /** All bodies and headers, as they came. */
  readonly received: string[] = [];
  manner: Manner = 'takes all';
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        this.received.push(`${request.url ?? ''} ${JSON.stringify(request.headers)} ${body}`);
        for (const { scopeSpans } of (JSON.parse(body) as Received).resourceSpans)
          for (const { spans } of scopeSpans) this.spans.push(...spans);
        for (const look of this.waiting) look();
        if (this.manner === 'takes all') response.setHeader('content-type', 'application/json').end('{}');
        if (this.manner === 'fails') response.writeHead(400).end();
      });
    });
  }

  /** Resolves once it listens. */
  static async start(): Promise<OtlpCollector> {
    const server = createServer();
    const collector = new OtlpCollector(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves to the spans of a trace, once there are so many. */
  async trace(traceId: string, count: number): Promise<ReceivedSpan[]> {
    await this.until(() => this.ofTrace(traceId).length >= count);
    return this.ofTrace(traceId);
  }

  until(enough: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!enough()) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private ofTrace(traceId: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }
}
