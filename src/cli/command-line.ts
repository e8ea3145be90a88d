import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command line that asks for what there is not; the message says what. */
export class WrongUsage extends Error {}

/** Says what is wrong and how it is done right; the exit code. */
export function wrongUsage(why: string, usage: string): number {
  process.stderr.write(`user-ledger: ${why}\n\n${usage}`);
  return 2;
}

type Options = NonNullable<ParseArgsConfig['options']>;
const everywhere = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;

type Config<O> = { options: typeof everywhere & O; allowPositionals: true; strict: true };

/**
 * Options as declared, and `--json` and `--help`.
 *
 * @throws WrongUsage
 */
export function parse<O extends Options>(
  args: readonly string[],
  declared: O,
): ReturnType<typeof parseArgs<Config<O>>> {
  const options = { ...everywhere, ...declared };
  try {
    return parseArgs<Config<O>>({ args: [...args], options, allowPositionals: true, strict: true } as Config<O>);
  } catch (error) {
    // The first sentence says what is wrong; more of them teach the syntax of a shell.
    throw new WrongUsage((error instanceof Error ? error.message : String(error)).split('. ')[0] ?? '');
  }
}

/** @throws WrongUsage */
export function wholeNumber(option: string, text: string, least = 0, most = 2_147_483_647): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new WrongUsage(`--${option} must be a whole number from ${least} to ${most}`);
}

/** @throws WrongUsage */
export function oneOf<const T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw new WrongUsage(`--${option} must be one of ${choices.join(', ')}`);
}
