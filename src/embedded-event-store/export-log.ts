import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { fileIn } from './database.js';
import { toLine } from './event-line.js';
import { readSnapshot } from './reading.js';
import { walk } from './walk.js';
import type { OnProgress } from './walk.js';
import { wholeFile } from './whole-file.js';

/** Writes every event of the log as a line, in the order of the log; resolves to how many there were. */
export async function exportLog(dir: string, output: Writable, onProgress: OnProgress): Promise<number> {
  return readSnapshot(fileIn(dir), async (database) => {
    let [events, chunk] = [0, ''];
    let failure: Error | undefined;
    output.on('error', (error: Error) => (failure = error));
    for (const event of walk(database, onProgress)) {
      chunk += toLine(event);
      events += 1;
      if (chunk.length < CHUNK) continue;
      if (failure) throw failure;
      if (!output.write(chunk)) await once(output, 'drain');
      chunk = '';
    }
    output.write(chunk);
    return events;
  });
}

const CHUNK = 65_536;

/** The same into a file, which is complete once it has its name. */
export async function exportToFile(
  dir: string,
  file: string,
  replace: boolean,
  onProgress: OnProgress,
): Promise<number> {
  return wholeFile(file, replace, async (partial) => {
    const output = createWriteStream(partial);
    const written = finished(output);
    const [events] = await Promise.all([
      exportLog(dir, output, onProgress).finally(() => {
        output.end();
      }),
      written,
    ]);
    return events;
  });
}
