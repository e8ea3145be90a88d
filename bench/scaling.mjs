// Calculates and simulates how far partitions by account go. Nothing is run or measured here: see bench/costs.mjs.
import { parseArgs } from 'node:util';
import { defaults, inputs, partitionsNeeded } from './capacity.mjs';
import { tables } from './scaling-tables.mjs';

const names = Object.keys(inputs);
const USAGE = `Usage: npm run scaling -- [options]

A capacity model of many partitions, each an event store cluster, a read model and instances of the service, and a queueing
simulation of them. docs/scaling.md says what it means and quotes what it prints.

  --json            JSON instead of tables
  --seed N          of the simulation (default 1)
  --seconds N       how long each simulation runs, in its own time, 1 to 60 (default 3)
  --partitions N    instead of as many as are needed
  --set NAME=VALUE  another value for an input; any number of times
  --help            this text

Inputs: ${names.slice(0, 9).join(', ')},
  ${names.slice(9).join(', ')}.
Exit codes: 0 done, 2 wrong usage.
`;

class Usage extends Error {}

function readOptions() {
  let given;
  try {
    given = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        seconds: { type: 'string', default: '3' },
        partitions: { type: 'string' },
        set: { type: 'string', multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    throw new Usage(error.message);
  }
  const number = (name, least, most) => {
    if (/^\d+$/.test(given[name]) && Number(given[name]) >= least && Number(given[name]) <= most)
      return Number(given[name]);
    throw new Usage(`--${name} must be a whole number from ${least} to ${most}`);
  };
  const model = { ...defaults, ...Object.fromEntries(given.set.map(readInput)) };
  return {
    ...{ json: given.json, help: given.help, model },
    ...{ seed: number('seed', 0, 2 ** 32 - 1), seconds: number('seconds', 1, 60) },
    partitions: given.partitions === undefined ? partitionsNeeded(model) : number('partitions', 1, 100_000),
  };
}

function readInput(text) {
  const [, name, value] = /^(\w+)=(\d+(?:\.\d+)?(?:e\d+)?)$/.exec(text) ?? [];
  if (!names.includes(name) || !(Number(value) > 0))
    throw new Usage(`--set ${text}: not an input and a number above 0`);
  return [name, Number(value)];
}

try {
  const options = readOptions();
  if (options.help) process.stdout.write(USAGE);
  else {
    const results = tables(options);
    const text = results.map(({ title, table }) => `${title}\n\n${table}\n`).join('\n');
    const figures = Object.fromEntries(results.map(({ name, figures }) => [name, figures]));
    process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : text);
  }
} catch (error) {
  if (!(error instanceof Usage)) throw error;
  process.stderr.write(`scaling: ${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
