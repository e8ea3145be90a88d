// What every benchmark's command line has in common.
import { parseArgs } from 'node:util';

/** A command line that asks for what there is not; the message says what. */
export class Usage extends Error {}

/** Says how far it has come. */
export const say = (line) => process.stderr.write(`bench: ${line}\n`);

export const verdict = (met) => (met ? 'met' : 'MISSED');

/**
 * The options, `json` and `help` among them. Declared are whole numbers as `{ default, least, most }`, lists of them
 * with `list`, and texts as `{ default }`.
 *
 * @throws Usage
 */
export function readOptions(declared) {
  const texts = Object.entries(declared).map(([name, option]) => [name, { type: 'string', default: option.default }]);
  const flags = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } };
  let values;
  try {
    ({ values } = parseArgs({ options: { ...Object.fromEntries(texts), ...flags } }));
  } catch (error) {
    throw new Usage(error.message);
  }
  const read = ([name, { least, most, list }]) => {
    const whole = (text) => wholeNumber(name, text.trim(), least, most);
    if (list) return [name, [...new Set(values[name].split(',').map(whole))]];
    return [name, least === undefined ? values[name] : whole(values[name])];
  };
  return { ...values, ...Object.fromEntries(Object.entries(declared).map(read)) };
}

function wholeNumber(name, text, least, most) {
  if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new Usage(`--${name}: ${text || 'nothing'} is not a whole number from ${least} to ${most}`);
}

/** Runs `main` with the options, from usage to exit code: 0 or what it resolves to, 1 failed, 2 wrong usage. */
export async function run(usage, declared, main) {
  try {
    const options = readOptions(declared);
    if (options.help) process.stdout.write(usage);
    else process.exitCode = await main(options);
  } catch (error) {
    const wrong = error instanceof Usage;
    process.stderr.write(`bench: ${error.message}\n${wrong ? `\n${usage}` : ''}`);
    process.exitCode = wrong ? 2 : 1;
  }
}

/** Prints a report: the table for people, or JSON with the table on standard error. */
export function print(json, table, report) {
  (json ? process.stderr : process.stdout).write(table);
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
