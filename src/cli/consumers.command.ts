import { EventStoreUnavailable } from '../event-sourcing/errors.js';
import { InvalidSettings } from '../settings.js';
import { WrongUsage, wrongUsage } from './command-line.js';
import { createCommand, deleteCommand, infoCommand, listCommand, replayParkedCommand } from './consumers.verbs.js';
import { usage, usages, type Verb } from './consumers.usage.js';
import { NoEventStore, START_FIRST } from './event-store-address.js';

const COMMANDS: Readonly<Record<Verb, (args: readonly string[]) => Promise<string>>> = {
  create: createCommand,
  list: listCommand,
  info: infoCommand,
  'replay-parked': replayParkedCommand,
  delete: deleteCommand,
};

const isVerb = (text: string): text is Verb => Object.hasOwn(COMMANDS, text);

/** Resolves to the exit code. */
export async function consumersCommand([verb, ...args]: readonly string[]): Promise<number> {
  if (verb === '--help') {
    process.stdout.write(usage);
    return 0;
  }
  if (verb === undefined) return wrongUsage('a command is missing', usage);
  if (!isVerb(verb)) return wrongUsage(`consumers has no command ${verb.slice(0, 64)}`, usage);
  try {
    process.stdout.write(await COMMANDS[verb](args));
    return 0;
  } catch (error) {
    if (error instanceof WrongUsage) return wrongUsage(error.message, usages[verb]);
    process.stderr.write(`user-ledger: ${whatToDo(error)}\n`);
    return 1;
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  'consumer-group-exists': 'look at it with info, or choose another name',
  'no-such-consumer-group': 'list shows those there are; --stream tells another stream',
};

/** What happened, and what a person can do about it. */
function whatToDo(error: unknown): string {
  if (error instanceof EventStoreUnavailable) return `${error.message}: ${START_FIRST}`;
  if (error instanceof NoEventStore || error instanceof InvalidSettings) return error.message;
  if (!(error instanceof Error)) return String(error);
  const advice = 'code' in error ? ADVICE[String(error.code)] : undefined;
  return advice === undefined ? error.message : `${error.message}: ${advice}`;
}
