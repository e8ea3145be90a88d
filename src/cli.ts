import { wrongUsage } from './cli/command-line.js';
import { explain } from './explain.js';

const USAGE = `Usage: npm run -s cli -- <command> [options]

Commands:
  users       lists, shows, invites, changes and removes users: list, get, invite, update, remove
  consumers   makes and looks after groups of consumers: create, list, info, replay-parked, delete
  keys        makes, lists and revokes API keys of a running service: create, list, revoke
  projections looks after the tables of the read model: list, rebuild, verify, drop
  rebuild     the same as projections rebuild

Every command has --help, and --json for scripts.
Settings come from the environment, as for the service (see README.md).
Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** The command line; resolves to the exit code. */
async function main([command, ...args]: readonly string[]): Promise<number> {
  switch (command) {
    // Loaded when asked for: each brings along a good part of the service.
    case 'projections':
      return (await import('./cli/projections.command.js')).projectionsCommand(args);
    case 'rebuild':
      return (await import('./cli/projections.command.js')).projectionsCommand(['rebuild', ...args]);
    case 'consumers':
      return (await import('./cli/consumers.command.js')).consumersCommand(args);
    case 'users':
      return (await import('./cli/users.command.js')).usersCommand(args);
    case 'keys':
      return (await import('./cli/keys.command.js')).keysCommand(args);
    case '--help':
      process.stdout.write(USAGE);
      return 0;
    case undefined:
      return wrongUsage('a command is missing', USAGE);
    default:
      return wrongUsage(`there is no command ${command.slice(0, 64)}`, USAGE);
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`user-ledger: ${explain(error)}\n`);
    process.exit(1);
  },
);
