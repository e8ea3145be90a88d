import { backupLog } from '../backup-log.js';
import { dirOf, fileOf, runCommand } from './offline.js';
import type { Arguments, Result } from './offline.js';
import { Progress } from './progress.js';
import { told } from './verify.js';

const USAGE = `Usage: eventstore backup --dir DIR FILE [--force] [--json]

Copies the log as it is at this moment into FILE, and verifies the copy. The event store may be running and writing.
To restore it, put FILE into an empty directory under the name events.db and start the event store there.

  --dir DIR   directory that holds the events
  --force     replaces FILE if it exists
  --json      the result as JSON on standard output
  --help      this text

Exit codes: 0 done, 1 failed or a fault found, 2 wrong usage.
`;

export const summary = 'copies the log into a file, while the event store runs';

export const run = (args: string[]): Promise<number> => runCommand(args, USAGE, { force: { type: 'boolean' } }, backup);

async function backup(given: Arguments): Promise<Result> {
  const [dir, file] = [dirOf(given), fileOf(given)];
  const [copied, verified] = [new Progress('pages copied'), new Progress('verified')];
  try {
    const done = await backupLog(dir, file, given.values.force === true, {
      copied: copied.show,
      verified: verified.show,
    });
    return { text: `${told(done)}: ${done.bytes} bytes in ${file}, verified.\n`, json: { file, ...done } };
  } finally {
    copied.end();
    verified.end();
  }
}
