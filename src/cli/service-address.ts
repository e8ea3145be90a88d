import type { Settings } from '../settings.js';
import { adminFile, wordIn } from './admin-file.js';
import { WrongUsage } from './command-line.js';

/** Where a service is, and the API key to ask it with. */
export type ServiceAddress = Readonly<{ url: string; key: string }>;

/** What a command line says of it. */
export type Given = Readonly<{ url?: string | undefined; key?: string | undefined }>;

/** No service is known to be anywhere; the message says what to do. */
export class NoService extends Error {}

/** What helps where there is none. */
export const HINT = 'start the service first (npm start), or give --url and --key';

/**
 * As given, or as the service that runs on the data directory has left word.
 *
 * @throws WrongUsage | NoService
 */
export function serviceAddress(given: Given, { dataDir }: Pick<Settings, 'dataDir'>): ServiceAddress {
  if (given.url !== undefined && !/^https?:\/\/[^/]/.test(given.url))
    throw new WrongUsage('--url must be an address such as http://127.0.0.1:3000');
  // A key goes to the service that it is for, and to no other.
  if (given.url !== undefined && given.key === undefined) throw new WrongUsage('--url wants --key with it');
  const file = adminFile(dataDir);
  const known = given.url === undefined || given.key === undefined ? wordIn(file) : {};
  if (!known) throw new NoService(`there is no ${file} to tell where the service is: ${HINT}`);
  const [url, key] = [given.url ?? known.base_url, given.key ?? known.api_key];
  if (typeof url !== 'string' || typeof key !== 'string')
    throw new NoService(`${file} does not tell where the service is: ${HINT}`);
  return { url: url.replace(/\/+$/, ''), key };
}
