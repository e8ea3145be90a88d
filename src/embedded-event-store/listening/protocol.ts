import type { Duplex } from 'node:stream';

/** What each connection over HTTP/2 begins with; no method of HTTP/1.1 does. */
const PREFACE = Buffer.from('PRI * HTTP/2.0');

/** A client that says nothing for so long has no business here. */
const SILENCE_MS = 30_000;

/** Takes over a connection whose version of HTTP is known. */
export type Takers = Readonly<Record<'http1' | 'http2', (connection: Duplex) => void>>;

/** Looks at the first bytes of a connection, puts them back, and hands it to whoever speaks that version of HTTP. */
export function handOver(connection: Duplex, takers: Takers, silence = SILENCE_MS): void {
  const patience = setTimeout(() => connection.destroy(), silence);
  connection.on('close', () => {
    clearTimeout(patience);
  });
  // Until it is taken over nobody else listens, and an error that nobody hears ends the process.
  connection.on('error', () => connection.destroy());
  let head: Buffer = Buffer.alloc(0);
  const look = (): void => {
    const more = connection.read() as Buffer | null;
    if (!more) return;
    head = Buffer.concat([head, more]);
    const compared = Math.min(head.length, PREFACE.length);
    const isPreface = head.subarray(0, compared).equals(PREFACE.subarray(0, compared));
    if (isPreface && compared < PREFACE.length) return;
    clearTimeout(patience);
    connection.off('readable', look);
    connection.unshift(head);
    takers[isPreface ? 'http2' : 'http1'](connection);
  };
  connection.on('readable', look);
}
