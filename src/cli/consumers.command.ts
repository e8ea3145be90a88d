import { EventStoreUnavailable } from '../event-sourcing/errors.js';
import { InvalidSettings } from '../settings.js';
import { createCommand, deleteCommand, infoCommand, listCommand, replayParkedCommand } from './consumers.verbs.js';
import { usage, usages, type Verb } from './consumers.usage.js';
import { NoEventStore, START_FIRST } from './event-store-address.js';
import { type Group, runVerb } from './verbs.js';

const GROUP: Group<Verb> = {
  name: 'consumers',
  usage,
  usages,
  commands: {
    create: createCommand,
    list: listCommand,
    info: infoCommand,
    'replay-parked': replayParkedCommand,
    delete: deleteCommand,
  },
  reasonOf: whatToDo,
};

/** Resolves to the exit code. */
export const consumersCommand = (args: readonly string[]): Promise<number> => runVerb(GROUP, args);

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
