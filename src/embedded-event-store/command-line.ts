import { parseArgs, type ParseArgsConfig } from 'node:util';
import { errorText } from './error-text.js';

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
    throw explained(error);
  }
}

/** What was wrong with a command line. Node's first sentence says it; more of them teach the syntax of a shell. */
export const explained = (error: unknown): WrongUsage => new WrongUsage(errorText(error).message.split('. ')[0]);

/** One line, for people; the exit code. */
export function complain(error: unknown): number {
  const wrong = error instanceof WrongUsage;
  process.stderr.write(`embedded event store: ${errorText(error).message}${wrong ? ' (see --help)' : ''}\n`);
  return exitCodeOf(error);
}

export const exitCodeOf = (error: unknown): number => (error instanceof WrongUsage ? 2 : 1);
