import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command line that asks for what there is not; the message says what. Its exit code is 2. */
export class WrongUsage extends Error {}

/** What the dispatcher runs: a line for the overview, and the work, which resolves to the exit code. */
export type Command = { readonly summary: string; readonly run: (args: string[]) => Promise<number> };

type Options = NonNullable<ParseArgsConfig['options']>;
type Config<O> = { options: O; strict: true };

/** Options as declared, and nothing else. @throws WrongUsage */
export function parse<O extends Options>(
  args: string[],
  options: O,
): ReturnType<typeof parseArgs<Config<O>>>['values'] {
  try {
    return parseArgs<Config<O>>({ args, options, strict: true } as Config<O>).values;
  } catch (error) {
    // The first sentence says what is wrong; more of them teach the syntax of a shell.
    throw new WrongUsage((error instanceof Error ? error.message : String(error)).split('. ')[0]);
  }
}

/** One line, for people; the exit code. */
export function complain(error: unknown): number {
  const wrong = error instanceof WrongUsage;
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`embedded event store: ${reason}${wrong ? ' (see --help)' : ''}\n`);
  return exitCodeOf(error);
}

export const exitCodeOf = (error: unknown): number => (error instanceof WrongUsage ? 2 : 1);
