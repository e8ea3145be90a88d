import { fileIn } from '../database.js';
import { assertWhole } from '../open-check.js';
import { readSnapshot } from '../reading.js';
import { verifyLog } from '../verify-log.js';
import type { Verified } from '../verify-log.js';
import { WrongUsage } from '../command-line.js';
import { dirOf, runCommand } from './offline.js';
import type { Arguments, Result } from './offline.js';
import { Progress } from './progress.js';

const USAGE = `Usage: eventstore verify --dir DIR | --file FILE [--json]

Walks the whole log and holds it against its checksums; positions and revisions must be without gaps, and the index of
streams, the links and the closed streams must say what the log says. The event store may be running.

  --dir DIR     directory that holds the events
  --file FILE   a backup instead
  --json        the result as JSON on standard output
  --help        this text

Exit codes: 0 all is well, 1 a fault, which is named, 2 wrong usage.
`;

export const summary = 'walks the whole log and names the first fault';

export const run = (args: string[]): Promise<number> =>
  runCommand(args, USAGE, { file: { type: 'string' } }, (given) => verify(given));

function verify(given: Arguments): Result {
  const { values, positionals } = given;
  if (positionals[0] !== undefined) throw new WrongUsage(`verify takes no ${positionals[0].slice(0, 64)}`);
  if (values.file !== undefined && values.dir !== undefined) throw new WrongUsage('--dir or --file, but not both');
  const progress = new Progress('verified');
  const began = performance.now();
  try {
    const verified = readSnapshot(fileToVerify(given), (database) => verifyLog(database, progress.show));
    const seconds = Math.round(performance.now() - began) / 1_000;
    return {
      text: `${told(verified)}, all as they should be, in ${seconds.toFixed(1)} s.\n`,
      json: { ...verified, seconds },
    };
  } finally {
    progress.end();
  }
}

/** @throws CorruptLog if the log is shorter than was once acknowledged */
function fileToVerify(given: Arguments): string {
  if (typeof given.values.file === 'string') return given.values.file;
  const dir = dirOf(given);
  assertWhole(dir, fileIn(dir));
  return fileIn(dir);
}

/** How much was looked at. */
export const told = ({ events, streams, links, tombstones }: Verified): string =>
  `${events} events in ${streams} streams, ${links} links, ${tombstones} closed streams`;
