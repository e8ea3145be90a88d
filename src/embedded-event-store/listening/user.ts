import { WrongUsage } from '../command-line.js';
import { readFile } from './tls-files.js';

/** Whoever may do everything. */
export type User = { readonly name: string; readonly password: string };

type Given = Readonly<Record<'name' | 'password' | 'file', string | undefined>>;

/** The user of the command line and the environment; undefined if none is named. @throws WrongUsage */
export function readUser({ name, password, file }: Given, env: NodeJS.ProcessEnv): User | undefined {
  if (password !== undefined && file !== undefined)
    throw new WrongUsage('--password and --password-file exclude each other');
  if (name === undefined) {
    if (password !== undefined || file !== undefined) throw new WrongUsage('a password wants --user, too');
    return undefined;
  }
  if (name === '' || name.includes(':')) throw new WrongUsage('--user must be a name without a colon');
  const secret = file === undefined ? (password ?? env.EVENTSTORE_PASSWORD) : passwordIn(file);
  if (!secret) throw new WrongUsage('--user wants a password: --password-file FILE, or EVENTSTORE_PASSWORD');
  return { name, password: secret };
}

/** Editors end a file with a line break that nobody means. */
const passwordIn = (file: string): string =>
  readFile('password', file)
    .toString()
    .replace(/\r?\n$/, '');
