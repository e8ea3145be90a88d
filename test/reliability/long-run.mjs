// What the long runs of tests share: options on the command line, and jest with what they say in its environment.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

const SEED = {
  value: 'S',
  about: 'a number from 0 to 4294967295, to repeat a run (default: random, printed)',
  least: 0,
  most: 2 ** 32 - 1,
};

/**
 * Runs specs for as long as the command line asks for, and ends with jest's exit code; with 2 where the command line
 * makes no sense. `prefix` begins the names of the environment variables that the specs read, and `options` says of
 * each number beside the seed what it is for, its limits, and what it is by default, if anything.
 */
export function longRun({ command, about, prefix, options, specs }) {
  const numbers = { ...options, seed: SEED };
  try {
    const values = readArguments(numbers);
    if (values.help) process.stdout.write(usage(command, about, numbers));
    else process.exitCode = run(specs, environment(prefix, numbers, values));
  } catch (error) {
    process.stderr.write(`${command}: ${error.message}\n`);
    process.exitCode = 2;
  }
}

function readArguments(numbers) {
  const texts = Object.entries(numbers).map(([name, option]) => [
    name,
    { type: 'string', ...(option.default !== undefined && { default: option.default }) },
  ]);
  return parseArgs({ options: { ...Object.fromEntries(texts), help: { type: 'boolean', default: false } } }).values;
}

function environment(prefix, numbers, values) {
  const given = Object.entries(numbers).filter(([name]) => values[name] !== undefined);
  return Object.fromEntries(
    given.map(([name, { least, most }]) => [
      `${prefix}_${name.toUpperCase()}`,
      wholeNumber(name, values[name], least, most),
    ]),
  );
}

function wholeNumber(name, text, least, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return String(number);
  throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
}

function usage(command, about, numbers) {
  const options = Object.entries(numbers).map(([name, { value, about: what }]) => [`--${name} ${value}`, what]);
  const width = Math.max(...options.map(([option]) => option.length));
  const lines = [...options, ['--help', 'this text']].map(([option, what]) => `  ${option.padEnd(width)}  ${what}`);
  const brief = options.map(([option]) => `[${option}]`).join(' ');
  return `Usage: npm run ${command} -- ${brief}\n\n${about}\n\n${lines.join('\n')}\n`;
}

function run(specs, env) {
  const setup = spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: root, stdio: 'inherit' });
  if (setup.status !== 0) return setup.status ?? 1;
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const ran = spawnSync(process.execPath, [...node, 'node_modules/jest/bin/jest.js', '--runTestsByPath', ...specs], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return ran.status ?? 1;
}
