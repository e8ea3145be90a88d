import { serviceFault } from './service-client.js';
import { usage, usages, type Verb } from './users.usage.js';
import { getCommand, inviteCommand, listCommand, removeCommand, updateCommand } from './users.verbs.js';
import { type Group, runVerb } from './verbs.js';

const GROUP: Group<Verb> = {
  name: 'users',
  usage,
  usages,
  commands: {
    list: listCommand,
    get: getCommand,
    invite: inviteCommand,
    update: updateCommand,
    remove: removeCommand,
  },
  reasonOf: serviceFault,
};

/** Resolves to the exit code. */
export const usersCommand = (args: readonly string[]): Promise<number> => runVerb(GROUP, args);
