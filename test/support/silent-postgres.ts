import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const AUTHENTICATED = Buffer.from('R\0\0\0\x08\0\0\0\0');
const READY = Buffer.from('Z\0\0\0\x05I');
const DONE = Buffer.from('C\0\0\0\rSELECT 0\0');

/** Speaks as much of PostgreSQL's protocol as to welcome whoever comes, and to answer statements with no rows until it falls silent. */
export class SilentPostgres {
  /** Takes everything and says nothing, not even to those who come. */
  silent = false;
  /** Statements received, in order. */
  readonly asked: string[] = [];
  /** Connections ever made. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly deaf = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SilentPostgres> {
    // Nor does it end its side when the other has: a frozen process does not.
    const server = createServer({ allowHalfOpen: true });
    const postgres = new SilentPostgres(server);
    server.on('connection', (socket) => {
      postgres.welcome(socket);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return postgres;
  }

  get url(): string {
    return `postgres://nobody@127.0.0.1:${(this.server.address() as AddressInfo).port}/none`;
  }

  /** Those there are fall silent for good; new ones are well. */
  forget(): void {
    for (const socket of this.sockets) this.deaf.add(socket);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await once(this.server.close(), 'close');
  }

  private welcome(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    let started = false;
    socket.on('data', (bytes: Buffer) => {
      const statement = started && bytes[0] === 0x51 ? bytes.subarray(5, -1).toString() : undefined;
      if (statement !== undefined) this.asked.push(statement);
      if (this.silent || this.deaf.has(socket)) return;
      if (!started) socket.write(Buffer.concat([AUTHENTICATED, READY]));
      else if (statement !== undefined) socket.write(Buffer.concat([DONE, READY]));
      started = true;
    });
  }
}
