// Runs the test of torn files with as many as wanted: npm run test:torn-files -- --cycles 1000 --seed 42
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `Usage: npm run test:torn-files -- [--cycles N] [--seed S]

Cuts and changes the files of the event store, at random, again and again, and checks that it
refuses to start or serves what was written, and that every fault is named.

  --cycles N  how many of each file, 10 to 1000000 (default 100)
  --seed S    a number from 0 to 4294967295, to repeat a run (default: random, printed)
  --help      this text
`;

const root = fileURLToPath(new URL('../..', import.meta.url));

function wholeNumber(name, text, least, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return String(number);
  throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
}

/** The environment of the test, or undefined where only the usage is asked for. */
function readArguments(args) {
  const options = {
    cycles: { type: 'string', default: '100' },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  };
  const { cycles, seed, help } = parseArgs({ args, options }).values;
  if (help) return undefined;
  return {
    TORN_FILES_CYCLES: wholeNumber('cycles', cycles, 10, 1_000_000),
    ...(seed !== undefined && { TORN_FILES_SEED: wholeNumber('seed', seed, 0, 2 ** 32 - 1) }),
  };
}

function run(env) {
  const setup = spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: root, stdio: 'inherit' });
  if (setup.status !== 0) return setup.status ?? 1;
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = ['node_modules/jest/bin/jest.js', '--runTestsByPath', 'test/embedded-event-store/torn-files.spec.ts'];
  const ran = spawnSync(process.execPath, [...node, ...jest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return ran.status ?? 1;
}

try {
  const env = readArguments(process.argv.slice(2));
  if (env) process.exitCode = run(env);
  else process.stdout.write(USAGE);
} catch (error) {
  process.stderr.write(`test:torn-files: ${error.message}\n`);
  process.exitCode = 2;
}
