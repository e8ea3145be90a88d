import { usage, usages, type Verb } from './keys.usage.js';
import { createCommand, listCommand, revokeCommand } from './keys.verbs.js';
import { serviceFault } from './service-client.js';
import { type Group, runVerb } from './verbs.js';

const GROUP: Group<Verb> = {
  name: 'keys',
  usage,
  usages,
  commands: {
    create: createCommand,
    list: listCommand,
    revoke: revokeCommand,
  },
  reasonOf: serviceFault,
};

/** Resolves to the exit code. */
export const keysCommand = (args: readonly string[]): Promise<number> => runVerb(GROUP, args);
