import { exportLog, exportToFile } from '../export-log.js';
import { WrongUsage } from '../command-line.js';
import { dirOf, fileOf, runCommand } from './offline.js';
import type { Arguments, Result } from './offline.js';
import { Progress } from './progress.js';

const USAGE = `Usage: eventstore export --dir DIR FILE|- [--force] [--json]

Writes every event as a line of JSON, in the order of the log, to FILE or to standard output:

  {"position":1,"stream":"user-1","revision":0,"id":"<uuid>","type":"UserAdded","created":"2026-01-02T03:04:05.678Z",
   "contentType":"application/json","data":{...},"metadata":{...}}

Bytes that are not JSON as JavaScript writes it are "dataBase64" and "metadataBase64"; empty metadata is left out.
The event store may be running.

  --dir DIR   directory that holds the events
  --force     replaces FILE if it exists
  --json      the result as JSON on standard output
  --help      this text

Exit codes: 0 done, 1 failed or a fault found, 2 wrong usage.
`;

export const summary = 'writes every event as a line of JSON';

export const run = (args: string[]): Promise<number> => runCommand(args, USAGE, { force: { type: 'boolean' } }, write);

async function write(given: Arguments): Promise<Result> {
  const [dir, file] = [dirOf(given), fileOf(given)];
  const progress = new Progress('events exported');
  try {
    if (file === '-') {
      if (given.values.json === true) throw new WrongUsage('--json needs a FILE: standard output is for the events');
      await exportLog(dir, process.stdout, progress.show);
      return { text: '', json: {} };
    }
    const events = await exportToFile(dir, file, given.values.force === true, progress.show);
    return { text: `${events} events in ${file}.\n`, json: { file, events } };
  } finally {
    progress.end();
  }
}
