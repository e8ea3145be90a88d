import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { newDirectory } from './embedded-event-store.js';

/** A certificate of this machine's names, as files; it is its own authority. */
export type Certificate = { readonly cert: string; readonly key: string; readonly pem: Buffer; remove(): void };

export async function makeCertificate(): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      // Some TLS libraries take no authority for a server, not even one that vouches for itself.
      { name: 'basicConstraints', cA: false },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const dir = newDirectory();
  const files = { cert: join(dir, 'node.crt'), key: join(dir, 'node.key') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return {
    ...files,
    pem: Buffer.from(cert),
    remove: () => {
      rmSync(dir, { recursive: true });
    },
  };
}
