import { InvalidSettings } from '../settings.js';
import { WrongUsage, wrongUsage } from './command-line.js';
import { NoService } from './service-address.js';
import { Refused } from './service-client.js';
import { usage, usages, type Verb } from './users.usage.js';
import { getCommand, inviteCommand, listCommand, removeCommand, updateCommand } from './users.verbs.js';

const COMMANDS: Readonly<Record<Verb, (args: readonly string[]) => Promise<string>>> = {
  list: listCommand,
  get: getCommand,
  invite: inviteCommand,
  update: updateCommand,
  remove: removeCommand,
};

const isVerb = (text: string): text is Verb => Object.hasOwn(COMMANDS, text);

/** Resolves to the exit code. */
export async function usersCommand([verb, ...args]: readonly string[]): Promise<number> {
  if (verb === '--help') {
    process.stdout.write(usage);
    return 0;
  }
  if (verb === undefined) return wrongUsage('a command is missing', usage);
  if (!isVerb(verb)) return wrongUsage(`users has no command ${verb.slice(0, 64)}`, usage);
  try {
    process.stdout.write(await COMMANDS[verb](args));
    return 0;
  } catch (error) {
    if (error instanceof WrongUsage) return wrongUsage(error.message, usages[verb]);
    if (!(error instanceof NoService || error instanceof Refused || error instanceof InvalidSettings)) throw error;
    process.stderr.write(`user-ledger: ${error.message}\n`);
    return 1;
  }
}
