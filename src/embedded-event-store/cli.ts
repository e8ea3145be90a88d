import type { Command } from './commands/command-line.js';
import * as backup from './commands/backup.js';
import * as exporting from './commands/export.js';
import * as importing from './commands/import.js';
import * as verify from './commands/verify.js';

const COMMANDS: Readonly<Record<string, Command>> = { verify, backup, export: exporting, import: importing };

const USAGE = `Usage: eventstore <command> [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`)
  .join('\n')}

Every command has --help, and --json for scripts.
Exit codes: 0 done, 1 failed or a fault found, 2 wrong usage.
`;

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) {
  process.exitCode = await command.run(args);
} else if (name === '--help') {
  process.stdout.write(USAGE);
} else {
  const reason = name === '' ? 'a command is missing' : `there is no command ${name.slice(0, 64)}`;
  process.stderr.write(`embedded event store: ${reason}\n\n${USAGE}`);
  process.exitCode = 2;
}
