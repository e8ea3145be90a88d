import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { explain } from './explain.js';
import { rebuild, type Rebuilt } from './rebuild.js';
import { readSettings } from './settings.js';

const USAGE = `Usage: npm run -s cli -- <command> [options]

Commands:
  rebuild   empties the read model and tells it all of history again: users, versions, audit trail.
            The service must not be running on this data directory.

Options:
  --json    the result as JSON on standard output
  --help    this text

Settings come from the environment, as for the service (see README.md).
Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** The command line; resolves to the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;
  let given;
  try {
    given = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = given;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (positionals.length !== 1)
    return usage(positionals.length === 0 ? 'a command is missing' : 'one command at a time');
  if (positionals[0] !== 'rebuild') return usage(`there is no command ${positionals[0]?.slice(0, 64) ?? ''}`);
  const result = await rebuild(readSettings(process.env), pino({ level: 'warn' }, pino.destination(2)), process.stderr);
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : told(result));
  return 0;
}

function usage(why: string): number {
  process.stderr.write(`user-ledger: ${why}\n\n${USAGE}`);
  return 2;
}

const told = ({ events, seconds, events_per_second }: Rebuilt): string =>
  `Told ${events} events in ${seconds.toFixed(1)} s, ${events_per_second} a second.\n`;

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`user-ledger: ${explain(error)}\n`);
    process.exit(1);
  },
);
