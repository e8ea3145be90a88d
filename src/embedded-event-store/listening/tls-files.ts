import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { errorText } from '../error-text.js';

/** What the node proves with that it is itself; both in PEM. */
export type Tls = { readonly cert: Buffer; readonly key: Buffer };

/** @throws Error if a file cannot be read, or the two do not belong together */
export function readTls(certFile: string, keyFile: string): Tls {
  const tls = { cert: readFile('certificate', certFile), key: readFile('key', keyFile) };
  try {
    createSecureContext(tls);
  } catch (error) {
    const reason = errorText(error).message;
    throw new Error(`${certFile} and ${keyFile} are no certificate and its key: ${reason}`, { cause: error });
  }
  return tls;
}

/** @throws Error that says which file it was about, and what for */
export function readFile(what: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`the ${what} cannot be read: ${errorText(error).message}`, { cause: error });
  }
}
