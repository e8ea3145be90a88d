import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../settings.js';

/** The service did not do it, or was not to be reached; the message says why, and what to do. */
export class RequestFailed extends Error {}

const START_FIRST = 'start the service first (npm start), or give --url and --key';
const WITHIN_MS = 30_000;

/** Which service, and as whom. */
export type Access = Readonly<{ url: string; key: string }>;

/**
 * As given on the command line; what is not given, as the service that runs on the data directory has left word.
 *
 * @throws RequestFailed
 */
export function accessOf({ url, key }: Readonly<{ url?: string | undefined; key?: string | undefined }>): Access {
  if (url !== undefined && key !== undefined) return { url, key };
  // A key is for the service it is of, not for whatever address is given.
  if (url !== undefined) throw new RequestFailed('--url wants --key, too');
  const file = join(readSettings(process.env).dataDir, 'initial-admin.json');
  const { base_url, api_key } = wordIn(file);
  if (typeof base_url !== 'string' || typeof api_key !== 'string')
    throw new RequestFailed(`${file} does not tell where the service is: ${START_FIRST}`);
  return { url: base_url, key: key ?? api_key };
}

function wordIn(file: string): { base_url?: unknown; api_key?: unknown } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch {
    throw new RequestFailed(`there is no ${file} to tell where the service is: ${START_FIRST}`);
  }
}

type Problem = { title?: string; detail?: string; errors?: { field: string; message: string }[] };

/** Asks the service; the body of its answer, undefined where there is none. @throws RequestFailed */
export async function ask({ url, key }: Access, method: string, path: string, body?: object): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`${url.replace(/\/+$/, '')}/v2/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(WITHIN_MS),
    });
  } catch {
    throw new RequestFailed(`the service at ${url} does not answer: ${START_FIRST}`);
  }
  const text = await answer.text();
  const told = text === '' ? undefined : parsed(text);
  if (!answer.ok) throw new RequestFailed(reasonOf(answer.status, told ?? {}));
  return told;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestFailed('what answers there is not the service');
  }
}

function reasonOf(status: number, { title = 'failed', detail = '', errors = [] }: Problem): string {
  const faults = errors.map(({ field, message }) => `${field} ${message.replace(`${field} `, '')}`);
  return `${status} ${title}: ${faults.length > 0 ? faults.join('; ') : detail}`;
}
