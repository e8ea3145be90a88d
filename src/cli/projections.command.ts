import { pino } from 'pino';
import { listProjections, type ProjectionsState } from '../projections.js';
import { readSettings } from '../settings.js';
import { parse, WrongUsage, wrongUsage } from './command-line.js';
import { rebuildCommand } from './rebuild.command.js';
import { table } from './table.js';

const USAGE = `Usage: npm run -s cli -- projections <verb> [--json]

Verbs:
  list       the tables of the read model: how many rows, and the position of the newest; the service may be running
  rebuild    empties them and tells them all of history again; no service may be running on them

Options:
  --json    the result as JSON on standard output
  --help    this text

Settings come from the environment, as for the service (see README.md).
Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** Resolves to the exit code. */
export async function projectionsCommand([verb, ...args]: readonly string[]): Promise<number> {
  if (verb === 'rebuild') return rebuildCommand(args);
  try {
    const { values, positionals } = parse(verb === undefined ? [] : [verb, ...args], {});
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (positionals[0] === undefined) throw new WrongUsage('a verb is missing');
    if (positionals[0] !== 'list') throw new WrongUsage(`projections has no verb ${positionals[0].slice(0, 64)}`);
    if (positionals.length > 1) throw new WrongUsage(`list takes no ${positionals[1]?.slice(0, 64) ?? ''}`);
    const log = pino({ level: 'warn' }, pino.destination(2));
    const state = await listProjections(readSettings(process.env), log);
    process.stdout.write(values.json ? `${JSON.stringify(state)}\n` : told(state));
    return 0;
  } catch (error) {
    if (error instanceof WrongUsage) return wrongUsage(error.message, USAGE);
    throw error;
  }
}

function told({ position, projections }: ProjectionsState): string {
  const rows = projections.map(({ name, rows, newest }) => [name, rows?.toString() ?? '-', newest ?? '-']);
  const how = position === null ? 'not told in this shape yet' : `told up to position ${position}`;
  return `${table([['PROJECTION', 'ROWS', 'NEWEST'], ...rows])}\n${how}\n`;
}
