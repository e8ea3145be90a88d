import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileIn, openDatabase } from './database.js';
import { lockDirectory } from './directory-lock.js';
import { MARK_FILE } from './durable-mark.js';
import { fromLine, InvalidLine } from './event-line.js';
import type { StoredEvent } from './event.js';
import { Log } from './log.js';
import { readSnapshot } from './reading.js';
import { lastPositionOf } from './walk.js';
import type { OnProgress } from './walk.js';
import { synchronise } from './whole-file.js';

/** So many events share one commit. */
const GROUP = 4_096;

/**
 * Fills a directory that has no events with those of an export, with the ids, revisions, positions and times they had.
 * All of them come, or none: they are written in a directory within and moved once they are complete.
 *
 * @throws Error naming the first line that cannot follow the ones before it
 */
export async function importLog(dir: string, input: Readable, onProgress: OnProgress): Promise<number> {
  mkdirSync(dir, { recursive: true });
  const lock = lockDirectory(dir);
  const workshop = join(dir, 'import.partial');
  try {
    assertEmpty(dir);
    rmSync(workshop, { recursive: true, force: true });
    mkdirSync(workshop);
    const events = await fill(workshop, input, onProgress);
    for (const extra of ['', '-wal', '-shm']) rmSync(`${fileIn(dir)}${extra}`, { force: true });
    renameSync(fileIn(workshop), fileIn(dir));
    renameSync(join(workshop, MARK_FILE), join(dir, MARK_FILE));
    synchronise(dir);
    return events;
  } finally {
    rmSync(workshop, { recursive: true, force: true });
    lock.close();
  }
}

function assertEmpty(dir: string): void {
  const file = fileIn(dir);
  if (!existsSync(file)) return;
  const events = readSnapshot(file, lastPositionOf);
  if (events > 0) throw new Error(`${dir} is not empty: there are ${events} events in it`);
}

async function fill(dir: string, input: Readable, onProgress: OnProgress): Promise<number> {
  const log = new Log(openDatabase(dir));
  try {
    let [line, group] = [0, [] as string[]];
    const flush = (): void => {
      const first = line - group.length + 1;
      log.transaction(() => {
        for (const [index, text] of group.entries())
          naming(first + index, () => {
            insert(log, fromLine(text));
          });
      });
      group = [];
      onProgress(line);
    };
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line += 1;
      group.push(text);
      if (group.length === GROUP) flush();
    }
    flush();
    return log.lastPosition;
  } finally {
    log.close();
  }
}

function insert(log: Log, event: StoredEvent): void {
  const { position, stream, revision, created } = event;
  const next = log.lastPosition + 1;
  if (position !== next) throw new InvalidLine(`its position is ${position}, and not ${next}`);
  const expected = log.lastRevision(stream) + 1;
  if (revision !== expected) throw new InvalidLine(`its revision in its stream is ${revision}, and not ${expected}`);
  if (log.isClosed(stream)) throw new InvalidLine('its stream was closed before');
  log.insert(event, stream, revision, created);
}

function naming(line: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidLine) throw new Error(`line ${line}: ${error.message}`, { cause: error });
    throw error;
  }
}
