import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { errorText } from '../error-text.js';
import type { Tls } from './tls-files.js';

const HANDSHAKE_MS = 10_000;

/** Where to listen, and with which certificate. */
export type Where = { readonly host: string; readonly port: number; readonly tls: Tls | undefined };

/** A port that accepts connections. */
type Listener = {
  readonly port: number;
  /** How many connections are open. */
  readonly connections: number;
  /** Accepts no more; those that are open stay so. */
  stopAccepting(): void;
  /** Closes those that are still open. */
  closeAll(): void;
};

/** Accepts connections, encrypted if there is a certificate. @throws Error that says what is in the way */
export async function listen({ host, port, tls }: Where, onConnection: (socket: Socket) => void): Promise<Listener> {
  const options = { noDelay: true };
  const server = tls
    ? createTlsServer(
        { ...options, ...tls, ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: HANDSHAKE_MS },
        onConnection,
      )
    : createServer(options, onConnection);
  const open = new Set<Socket>();
  // Of connections before they are encrypted; both kinds of servers tell of those.
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await bind(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return open.size;
    },
    stopAccepting: () => server.close(),
    closeAll: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // It stays: one connection that cannot be accepted later on is no reason to end.
    server.on('error', (error) => {
      reject(cannotListen(host, port, error));
    });
    server.listen({ host, port }, resolve);
  });
}

function cannotListen(host: string, port: number, cause: Error): Error {
  const { code, message } = errorText(cause);
  return code === 'EADDRINUSE'
    ? new Error(`port ${port} of ${host} is in use by another process`, { cause })
    : new Error(`cannot listen on ${host}:${port}: ${message}`, { cause });
}
