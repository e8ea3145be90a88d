import { pino } from 'pino';
import { rebuild, type Rebuilt } from '../rebuild.js';
import { readSettings } from '../settings.js';
import { parse, WrongUsage, wrongUsage } from './command-line.js';

const USAGE = `Usage: npm run -s cli -- rebuild [--json], or projections rebuild

Empties the read model and tells it all of history again: users, versions, audit trail.
The service must not be running on this data directory, and no instance on this database. Cut short, it is gone on with
by the next start of the service.

Options:
  --json    the result as JSON on standard output
  --help    this text

Settings come from the environment, as for the service (see README.md).
Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** Resolves to the exit code. */
export async function rebuildCommand(args: readonly string[]): Promise<number> {
  let json: boolean;
  try {
    const { values, positionals } = parse(args, {});
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (positionals.length > 0) throw new WrongUsage(`rebuild takes no ${positionals[0]?.slice(0, 64) ?? ''}`);
    json = values.json;
  } catch (error) {
    if (error instanceof WrongUsage) return wrongUsage(error.message, USAGE);
    throw error;
  }
  const result = await rebuild(readSettings(process.env), pino({ level: 'warn' }, pino.destination(2)), process.stderr);
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : told(result));
  return 0;
}

const told = ({ events, seconds, events_per_second }: Rebuilt): string =>
  `Told ${events} events in ${seconds.toFixed(1)} s, ${events_per_second} a second.\n`;
