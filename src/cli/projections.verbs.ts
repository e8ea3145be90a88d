import { type Logger, pino } from 'pino';
import { dropProjections, listProjections, type ProjectionsState } from '../projections.js';
import { rebuild, type Rebuilt } from '../rebuild.js';
import { readSettings } from '../settings.js';
import { EventStoreUnavailable } from '../event-sourcing/errors.js';
import { NoEventStore, START_FIRST } from './event-store-address.js';
import { parse, WrongUsage } from './command-line.js';
import { usages } from './projections.usage.js';
import { table } from './table.js';
import { verify, type Verified } from '../verify.js';
import { withEventStore } from './with-event-store.js';

// Each resolves to what is to be printed.

/** What goes wrong on the way, on standard error: the result has standard output for itself. */
const log = (): Logger => pino({ level: 'warn' }, pino.destination(2));

export async function listCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, {});
  if (values.help) return usages.list;
  expectNone('list', positionals);
  const state = await listProjections(readSettings(process.env), log());
  return values.json ? `${JSON.stringify(state)}\n` : listed(state);
}

export async function rebuildCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, {});
  if (values.help) return usages.rebuild;
  expectNone('rebuild', positionals);
  const result = await rebuild(readSettings(process.env), log(), process.stderr);
  return values.json ? `${JSON.stringify(result)}\n` : rebuilt(result);
}

export async function verifyCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, {});
  if (values.help) return usages.verify;
  expectNone('verify', positionals);
  const settings = readSettings(process.env);
  const verified = await withEventStore((store) => verify(settings, store, log(), process.stderr)).catch(
    (error: unknown) => {
      if (!(error instanceof EventStoreUnavailable)) throw error;
      throw new NoEventStore(`the event store does not answer: ${START_FIRST}`, { cause: error });
    },
  );
  return values.json ? `${JSON.stringify(verified)}\n` : asTold(verified);
}

export async function dropCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, {});
  if (values.help) return usages.drop;
  const [version, more] = positionals;
  if (version === undefined || more !== undefined) throw new WrongUsage('drop takes one version');
  await dropProjections(readSettings(process.env), version, log());
  return values.json ? `${JSON.stringify({ dropped: version })}\n` : `Dropped ${version}.\n`;
}

function expectNone(verb: string, [surplus]: readonly string[]): void {
  if (surplus !== undefined) throw new WrongUsage(`${verb} takes no ${surplus.slice(0, 64)}`);
}

function listed({ position, projections, others }: ProjectionsState): string {
  const rows = projections.map(({ name, rows, newest }) => [name, rows?.toString() ?? '-', newest ?? '-']);
  const how = position === null ? 'not told in this shape yet' : `told up to position ${position}`;
  const kept = others.map(
    ({ schema, position, told }) =>
      `another version: ${schema}, told up to position ${position ?? '-'}, ${told ? 'by an instance that runs' : 'by none now'}\n`,
  );
  return `${table([['PROJECTION', 'ROWS', 'NEWEST'], ...rows])}\n${how}\n${kept.join('')}`;
}

const rebuilt = ({ events, seconds, events_per_second }: Rebuilt): string =>
  `Told ${events} events in ${seconds.toFixed(1)} s, ${events_per_second} a second.\n`;

const asTold = ({ position, events }: Verified): string =>
  `Up to position ${position} the read model was told the ${events} events that the log has, once each.\n`;
