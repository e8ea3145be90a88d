import { open } from 'node:fs/promises';
import { importLog } from '../import-log.js';
import { dirOf, fileOf, runCommand } from './offline.js';
import type { Arguments, Result } from './offline.js';
import { Progress } from './progress.js';

const USAGE = `Usage: eventstore import --dir DIR FILE|- [--json]

Fills a directory that has no events with those of an export, from FILE or from standard input: with the ids, positions,
revisions, times and metadata they had, deleted and closed streams included. All of them come, or none. The event store
must not be running on the directory.

  --dir DIR   directory to be filled; made if it does not exist
  --json      the result as JSON on standard output
  --help      this text

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

export const summary = 'fills an empty directory with the events of an export';

export const run = (args: string[]): Promise<number> => runCommand(args, USAGE, {}, read);

async function read(given: Arguments): Promise<Result> {
  const [dir, file] = [dirOf(given), fileOf(given)];
  const progress = new Progress('events imported');
  try {
    // Opened before anything is made, and by a promise, for a stream would complain later.
    const handle = file === '-' ? undefined : await open(file);
    const input = handle?.createReadStream() ?? process.stdin;
    const events = await importLog(dir, input, progress.show);
    return { text: `${events} events in ${dir}.\n`, json: { dir, events } };
  } finally {
    progress.end();
  }
}
