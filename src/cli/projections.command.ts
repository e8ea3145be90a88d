import { usage, usages, type Verb } from './projections.usage.js';
import { dropCommand, listCommand, rebuildCommand } from './projections.verbs.js';
import { type Group, runVerb } from './verbs.js';

const GROUP: Group<Verb> = {
  name: 'projections',
  usage,
  usages,
  commands: {
    list: listCommand,
    rebuild: rebuildCommand,
    drop: dropCommand,
  },
  // Nothing here fails in a way of its own: the command line explains what the service would.
  reasonOf: () => undefined,
};

/** Resolves to the exit code. */
export const projectionsCommand = (args: readonly string[]): Promise<number> => runVerb(GROUP, args);
