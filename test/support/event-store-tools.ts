import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { openDatabase } from '../../src/embedded-event-store/database.js';
import type { ProposedEvent } from '../../src/embedded-event-store/event.js';
import { Log } from '../../src/embedded-event-store/log.js';
import { RecentEvents } from '../../src/embedded-event-store/recent-events.js';
import { metadataEvent } from '../../src/embedded-event-store/stream-metadata.js';
import { Writer } from '../../src/embedded-event-store/writer.js';
import type { WriteResult } from '../../src/embedded-event-store/writer.js';

const PROGRAM = resolve('dist/embedded-event-store/cli.js');

/** Runs a command of the compiled store; what it is given as input comes from a pipe. */
export async function eventstore(
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined); // it may end without having read all
  child.stdin.end(input);
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: await stdout, stderr: await stderr };
}

/** A directory of directories, to be removed as one. */
export const newWorkshop = (): string => mkdtempSync(join(tmpdir(), 'event-store-tools-'));

let ids = 0;

/** An event as a writer proposes it; every id is another. */
export const proposed = (given: Partial<ProposedEvent> = {}): ProposedEvent => ({
  id: `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
  type: 'Said',
  isJson: true,
  metadata: Buffer.from('{"by":"Ada"}'),
  data: Buffer.from('{"text":"good"}'),
  ...given,
});

/** Opens the log of a directory, writes to it and closes it. */
export async function write(dir: string, work: (writer: Writer, log: Log) => Promise<void>): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const log = new Log(openDatabase(dir));
  const writer = new Writer(log, new RecentEvents(log.lastPosition));
  await work(writer, log);
  writer.close();
  log.close();
}

export const appending = (writer: Writer, stream: string, events: readonly ProposedEvent[]): Promise<WriteResult> =>
  new Promise((resolve) => {
    writer.append({ stream, expected: 'any', events }, resolve);
  });

/** A log of every sort of event: JSON and not, canonical and not, described, deleted, restored, closed, linked. */
export function fill(dir: string): Promise<void> {
  return write(dir, async (writer) => {
    await appending(writer, 'user-1', [proposed(), proposed({ data: Buffer.from('{ "spaced": 1.0 }') }), proposed()]);
    await appending(writer, 'straße-日本', [proposed({ type: 'Größe', metadata: Buffer.alloc(0) })]);
    await appending(writer, 'plain', [proposed({ isJson: false, data: Buffer.from([0, 255, 128, 10]) })]);
    await appending(writer, 'plain', [proposed({ data: Buffer.alloc(0), metadata: Buffer.from([1, 2]) })]);
    await appending(writer, 'plain', [proposed({ data: Buffer.from('"\\ud800 9007199254740993"') })]);
    await appending(writer, 'plain', [proposed({ data: Buffer.from('{"__proto__":1,"b":2,"1":3}') })]);
    await appending(writer, '$$user-1', [metadataEvent('{"$maxCount":2}')]);
    await appending(writer, 'user-2', [proposed({ type: '$>', isJson: false, data: Buffer.from('0@user-1') })]);
    await new Promise((resolve) => {
      writer.delete({ stream: 'plain', expected: 'any' }, resolve);
    });
    await appending(writer, 'plain', [proposed()]);
    await new Promise((resolve) => {
      writer.closeStream({ stream: 'user-2', expected: 'any' }, resolve);
    });
  });
}
