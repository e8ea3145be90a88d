import { NotAsTold } from '../verify.js';
import { NoEventStore } from './event-store-address.js';
import { usage, usages, type Verb } from './projections.usage.js';
import { dropCommand, listCommand, rebuildCommand, verifyCommand } from './projections.verbs.js';
import { type Group, runVerb } from './verbs.js';

const GROUP: Group<Verb> = {
  name: 'projections',
  usage,
  usages,
  commands: {
    list: listCommand,
    rebuild: rebuildCommand,
    verify: verifyCommand,
    drop: dropCommand,
  },
  // The rest is told by the command line, as the service would.
  reasonOf: (error) => (error instanceof NotAsTold || error instanceof NoEventStore ? error.message : undefined),
};

/** Resolves to the exit code. */
export const projectionsCommand = (args: readonly string[]): Promise<number> => runVerb(GROUP, args);
