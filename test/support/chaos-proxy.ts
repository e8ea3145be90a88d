import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';

/** Which way bytes go. */
type Way = 'there' | 'back';
const WAYS: readonly Way[] = ['there', 'back'];

/** What becomes of connections, from now on until {@link ChaosProxy.heal}. */
export const FAULTS = [
  /** All are cut, with a reset; new ones are well. */
  'cut',
  /** All are cut, and new ones the moment they are made. */
  'refuse',
  /** Every piece of bytes takes its time. */
  'delay',
  /** Nothing passes, either way; what waits passes once it is over, as after a network came back. */
  'black hole',
  /** What is asked arrives, and no answer comes back; then all are cut. */
  'lost answers',
  /** Those there are fall silent for good, as behind a firewall that forgot them; new ones are well. */
  'forget',
  /** Both ends hear that the other has said all. */
  'half-close',
  /** The next bytes of each, either way, are cut off in their midst, and the connection with them. */
  'truncate',
] as const;
export type Fault = (typeof FAULTS)[number];

type Link = { ends: Record<Way, Socket>; forgotten: boolean; truncated: boolean };

/** Stands between a client and a server on loopback, and misbehaves on cue. What it does by chance comes from `random`. */
export class ChaosProxy {
  fault: Fault | undefined;
  private readonly links = new Set<Link>();
  private cue: Readonly<{ text: string; fault: Fault }> | undefined;
  private readonly held = new Set<Buffer>();
  private healed = Promise.resolve();
  private settle: () => void = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
    private readonly random: () => number,
  ) {}

  /** Listens on a free port, and connects whoever comes to `target`. */
  static async start(target: number, random: () => number): Promise<ChaosProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new ChaosProxy(server, target, random);
    server.on('connection', (socket) => {
      proxy.join(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that pass through it now. */
  get connections(): number {
    return this.links.size;
  }

  /** Begins once this text is about to pass, with the very bytes that it is in. */
  beginAt(text: string, fault: Fault): void {
    this.cue = { text, fault };
  }

  /** Whether what waits to pass, now, has this text in it. */
  holds(text: string): boolean {
    return [...this.held].some((bytes) => bytes.includes(text));
  }

  begin(fault: Fault): void {
    this.heal();
    this.fault = fault;
    this.healed = new Promise((resolve) => (this.settle = resolve));
    if (fault === 'cut' || fault === 'refuse') this.cutAll();
    for (const link of this.links) {
      link.forgotten ||= fault === 'forget';
      link.truncated ||= fault === 'truncate';
      if (fault === 'half-close') for (const way of WAYS) link.ends[way].end();
    }
  }

  /** From now on all is well, but for connections that a fault has spoilt for good. */
  heal(): void {
    if (this.fault === 'lost answers') this.cutAll();
    this.fault = undefined;
    this.settle();
  }

  async stop(): Promise<void> {
    this.heal();
    this.cutAll();
    this.server.close();
    await once(this.server, 'close');
  }

  private cutAll(): void {
    for (const link of this.links) this.cut(link);
  }

  private cut(link: Link): void {
    this.links.delete(link);
    for (const way of WAYS) link.ends[way].resetAndDestroy();
  }

  private join(caller: Socket): void {
    const callee = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const link: Link = { ends: { there: callee, back: caller }, forgotten: false, truncated: false };
    this.links.add(link);
    void this.carry(link, caller, 'there');
    void this.carry(link, callee, 'back');
    if (this.fault === 'refuse') this.cut(link);
  }

  /** Carries bytes one way until the connection ends, whatever ends it. */
  private async carry(link: Link, from: Socket, way: Way): Promise<void> {
    const to = link.ends[way];
    to.on('error', () => undefined); // its other way is told
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        this.beginAtCue(bytes);
        this.held.add(bytes);
        while (this.holdsUp(link, way)) await this.healed;
        this.held.delete(bytes);
        if (link.forgotten) continue;
        if (this.fault === 'delay') await sleep(this.random() * 200);
        if (link.truncated) {
          to.write(bytes.subarray(0, Math.floor(this.random() * bytes.length)), () => {
            this.cut(link);
          });
          return;
        }
        if (!to.write(bytes)) await once(to, 'drain');
      }
      if (!link.forgotten) to.end();
      if (link.ends.there.writableEnded && link.ends.back.writableEnded) this.links.delete(link);
    } catch {
      this.cut(link);
    }
  }

  private beginAtCue(bytes: Buffer): void {
    const { cue } = this;
    if (!cue || !bytes.includes(cue.text)) return;
    this.cue = undefined;
    this.begin(cue.fault);
  }

  private holdsUp(link: Link, way: Way): boolean {
    if (link.forgotten || !this.links.has(link)) return false;
    return this.fault === 'black hole' || (this.fault === 'lost answers' && way === 'back');
  }
}
