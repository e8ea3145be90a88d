import { connect } from 'node:net';

export type RawAnswer = Readonly<{ status: number; headers: ReadonlyMap<string, string>; body: string }>;

/** Sends bytes as they are, for what no HTTP client would send, and reads until the other side ends. */
export async function raw(baseUrl: string, bytes: string | Uint8Array): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const text = await new Promise<string>((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('end', () => {
      resolve(received);
    });
    socket.on('error', reject);
  });
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [line = '', ...fields] = head.split('\r\n');
  const headers = fields.map((field): [string, string] => {
    const [name = '', ...value] = field.split(':');
    return [name.toLowerCase(), value.join(':').trim()];
  });
  return { status: Number(line.split(' ')[1]), headers: new Map(headers), body };
}

/** A request without a body, spelt exactly so, on a connection that then ends. */
export const rawRequest = (baseUrl: string, method: string, target: string, ...fields: string[]): Promise<RawAnswer> =>
  raw(
    baseUrl,
    [`${method} ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...fields, '', ''].join('\r\n'),
  );
