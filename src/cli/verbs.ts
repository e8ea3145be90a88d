import { WrongUsage, wrongUsage } from './command-line.js';

/** A group of commands: what each does, resolving to what is to be printed, and how each is used. */
export type Group<Verb extends string> = Readonly<{
  name: string;
  usage: string;
  usages: Readonly<Record<Verb, string>>;
  commands: Readonly<Record<Verb, (args: readonly string[]) => Promise<string>>>;
  /** What a person is told of an error; undefined of one that nobody expected, which is thrown on. */
  reasonOf: (error: unknown) => string | undefined;
}>;

/** Runs the command named first on the line; resolves to the exit code. */
export async function runVerb<Verb extends string>(
  { name, usage, usages, commands, reasonOf }: Group<Verb>,
  [verb, ...args]: readonly string[],
): Promise<number> {
  const isVerb = (text: string): text is Verb => Object.hasOwn(commands, text);
  if (verb === '--help') {
    process.stdout.write(usage);
    return 0;
  }
  if (verb === undefined) return wrongUsage('a command is missing', usage);
  if (!isVerb(verb)) return wrongUsage(`${name} has no command ${verb.slice(0, 64)}`, usage);
  try {
    process.stdout.write(await commands[verb](args));
    return 0;
  } catch (error) {
    if (error instanceof WrongUsage) return wrongUsage(error.message, usages[verb]);
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    process.stderr.write(`user-ledger: ${reason}\n`);
    return 1;
  }
}
