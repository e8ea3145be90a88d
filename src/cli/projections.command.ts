import { pino } from 'pino';
import { dropProjections, listProjections, type ProjectionsState } from '../projections.js';
import { readSettings } from '../settings.js';
import { parse, WrongUsage, wrongUsage } from './command-line.js';
import { rebuildCommand } from './rebuild.command.js';
import { table } from './table.js';

const USAGE = `Usage: npm run -s cli -- projections <verb> [VERSION] [--json]

Verbs:
  list       the tables of the read model: how many rows, and the position of the newest; the service may be running
  rebuild    empties them and tells them all of history again; no service may be running on them
  drop       removes what a version of another shape has told, as list names it, once none of its instances runs

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
    const [named, version, more] = positionals;
    if (named === undefined) throw new WrongUsage('a verb is missing');
    if (named !== 'list' && named !== 'drop') throw new WrongUsage(`projections has no verb ${named.slice(0, 64)}`);
    const log = pino({ level: 'warn' }, pino.destination(2));
    if (named === 'drop') {
      if (version === undefined || more !== undefined) throw new WrongUsage('drop takes one version');
      await dropProjections(readSettings(process.env), version, log);
      process.stdout.write(values.json ? `${JSON.stringify({ dropped: version })}\n` : `Dropped ${version}.\n`);
      return 0;
    }
    if (version !== undefined) throw new WrongUsage(`list takes no ${version.slice(0, 64)}`);
    const state = await listProjections(readSettings(process.env), log);
    process.stdout.write(values.json ? `${JSON.stringify(state)}\n` : told(state));
    return 0;
  } catch (error) {
    if (error instanceof WrongUsage) return wrongUsage(error.message, USAGE);
    throw error;
  }
}

function told({ position, projections, others }: ProjectionsState): string {
  const rows = projections.map(({ name, rows, newest }) => [name, rows?.toString() ?? '-', newest ?? '-']);
  const how = position === null ? 'not told in this shape yet' : `told up to position ${position}`;
  const kept = others.map(
    ({ schema, position, told }) =>
      `another version: ${schema}, told up to position ${position ?? '-'}, ${told ? 'by an instance that runs' : 'by none now'}\n`,
  );
  return `${table([['PROJECTION', 'ROWS', 'NEWEST'], ...rows])}\n${how}\n${kept.join('')}`;
}
