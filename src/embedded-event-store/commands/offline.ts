import { type ParseArgsConfig, parseArgs } from 'node:util';
import { explained, WrongUsage } from '../command-line.js';
import { errorText } from '../error-text.js';

/** What has come of a command, for people and for programs; no text if its output was all. */
export type Result = { readonly text: string; readonly json: object };

type Options = NonNullable<ParseArgsConfig['options']>;
type Values = Readonly<Record<string, string | boolean | undefined>>;

const everywhere = { dir: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } } as const;

/** What a command line says. */
export type Arguments = { readonly values: Values; readonly positionals: readonly string[] };

/** Runs a command from its line to its exit code: 0 done, 1 failed or a fault found, 2 wrong usage. */
export async function runCommand(
  args: string[],
  usage: string,
  options: Options,
  work: (given: Arguments) => Promise<Result> | Result,
): Promise<number> {
  const json = args.includes('--json');
  try {
    const given = parse(args, options);
    if (given.values.help === true) {
      process.stdout.write(usage);
      return 0;
    }
    const result = await work(given);
    process.stdout.write(json ? `${JSON.stringify({ ok: true, ...result.json })}\n` : result.text);
    return 0;
  } catch (error) {
    const { message } = errorText(error);
    process.stderr.write(`embedded event store: ${message}\n`);
    if (error instanceof WrongUsage) {
      process.stderr.write(`\n${usage}`);
      return 2;
    }
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: message })}\n`);
    return 1;
  }
}

function parse(args: string[], options: Options): Arguments {
  try {
    return parseArgs({ args, options: { ...everywhere, ...options }, allowPositionals: true });
  } catch (error) {
    throw explained(error);
  }
}

/** The directory of the event store. @throws WrongUsage */
export function dirOf({ values }: Arguments): string {
  if (typeof values.dir !== 'string' || values.dir === '') throw new WrongUsage('--dir is missing');
  return values.dir;
}

/** The one file a command is given. @throws WrongUsage */
export function fileOf({ positionals: [file, ...more] }: Arguments): string {
  if (file === undefined || file === '') throw new WrongUsage('FILE is missing');
  if (more.length > 0) throw new WrongUsage(`one FILE is enough, without ${more[0]?.slice(0, 64) ?? ''}`);
  return file;
}
