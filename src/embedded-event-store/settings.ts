import { parse, WrongUsage } from './command-line.js';
import { isLoopback } from './listening/loopback.js';
import { readTls } from './listening/tls-files.js';
import type { Tls } from './listening/tls-files.js';
import { readUser } from './listening/user.js';
import type { User } from './listening/user.js';

export const USAGE = `Usage: npm run -s eventstore -- --dir DIR [options]

A single-node event store that speaks the gRPC protocol of EventStoreDB, for one machine.

  --dir DIR             directory that holds the events; made if it does not exist
  --in-memory           in place of --dir: keeps the events in memory, where they end with the process
  --port N              port to listen on (2113); 0 takes any that is free
  --host H              address to listen on (127.0.0.1); others than loopback want TLS and a user
  --tls-cert FILE       certificate chain, PEM; with --tls-key, everything is encrypted
  --tls-key FILE        its private key, PEM
  --user NAME           the one user, an admin; from then on nobody else may read or write
  --password-file FILE  file that holds the user's password; else it is taken from EVENTSTORE_PASSWORD
  --password TEXT       the password itself, for other users of the machine to see in the list of processes
  --json                says that it is ready as one line of JSON
  --help                print this text

Exit codes: 0 stopped by a signal, 1 failed, 2 wrong usage.
`;

/** What the process is told on its command line. */
export type Settings = {
  /** The directory that holds the events; undefined: they are held in memory. */
  readonly dir: string | undefined;
  /** A name or an address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 takes any that is free. */
  readonly port: number;
  readonly tls: Tls | undefined;
  /** Who alone may read and write; undefined: everybody. */
  readonly user: User | undefined;
  /** Whether to say for machines that it is ready. */
  readonly json: boolean;
};

const OPTIONS = {
  dir: { type: 'string' },
  'in-memory': { type: 'boolean', default: false },
  port: { type: 'string', default: '2113' },
  host: { type: 'string', default: '127.0.0.1' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  user: { type: 'string' },
  'password-file': { type: 'string' },
  password: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Reads the command line and the files it names; undefined if it asks for help.
 *
 * @throws WrongUsage for a command line that makes no sense, and an Error for a file that cannot be used
 */
export function readSettings(args: string[], env: NodeJS.ProcessEnv): Settings | undefined {
  const values = parse(args, OPTIONS);
  if (values.help) return undefined;
  const { host, json } = values;
  const inMemory = values['in-memory'];
  if (inMemory && values.dir !== undefined) throw new WrongUsage('--dir and --in-memory exclude each other');
  if (!inMemory && !values.dir) throw new WrongUsage('--dir is missing; --in-memory does without');
  if (host === '') throw new WrongUsage('--host is empty');
  const port = portOf(values.port);
  const [cert, key] = [values['tls-cert'], values['tls-key']];
  if ((cert === undefined) !== (key === undefined)) throw new WrongUsage('--tls-cert and --tls-key go together');
  if (values.user !== undefined && cert === undefined)
    throw new WrongUsage('--user wants --tls-cert and --tls-key: clients send no password without TLS');
  const user = readUser({ name: values.user, password: values.password, file: values['password-file'] }, env);
  if (!isLoopback(host) && (cert === undefined || !user))
    throw new WrongUsage(`--host ${host} is not loopback, and wants --tls-cert, --tls-key and --user`);
  const tls = cert === undefined || key === undefined ? undefined : readTls(cert, key);
  return { dir: inMemory ? undefined : values.dir, host, port, tls, user, json };
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new WrongUsage('--port must be a number from 0 to 65535');
}
