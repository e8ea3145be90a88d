import type { Command } from './command-line.js';
import { complain, WrongUsage } from './command-line.js';

/** Loaded when asked for; a new command is a file in `commands` and a line here. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: () => import('./commands/start.js'),
  verify: () => import('./commands/verify.js'),
  backup: () => import('./commands/backup.js'),
  export: () => import('./commands/export.js'),
  import: () => import('./commands/import.js'),
};

/** What is meant where no command is named, so that options alone start the node. */
const DEFAULT = 'start';

async function main([first = '', ...rest]: string[]): Promise<number> {
  if (first === '--help') return overview();
  if (first === '' || first.startsWith('-')) return run(DEFAULT, first === '' ? rest : [first, ...rest]);
  return run(first, rest);
}

async function run(name: string, args: string[]): Promise<number> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) throw new WrongUsage(`there is no command ${name.slice(0, 64)}`);
  return (await load()).run(args);
}

/** The commands, and after them what the one that needs no name takes. */
async function overview(): Promise<number> {
  const lines = Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(10)}${(await load()).summary}\n`);
  process.stdout.write(
    `Commands, each with --help; without one, ${DEFAULT}:\n${(await Promise.all(lines)).join('')}\n`,
  );
  return run(DEFAULT, ['--help']);
}

const code = await main(process.argv.slice(2)).catch(complain);
// What was written is waited for; whatever else is still open, such as a parent's channel, is not.
process.stdout.write('', () => process.exit(code));
