import { mkdirSync } from 'node:fs';
import type { Server } from '@grpc/grpc-js';
import { fileIn, openDatabase } from './database.js';
import { lockDirectory } from './directory-lock.js';
import type { Writing } from './disk-watch.js';
import { LiveCalls } from './live-calls.js';
import { Log } from './log.js';
import { namingFile } from './open-check.js';
import { Groups } from './persistent-subscriptions/groups.js';
import { RecentEvents } from './recent-events.js';
import { createServer, listen } from './server.js';
import type { Settings } from './settings.js';
import { VisibleLog } from './visible-log.js';
import { Writer } from './writer.js';

/** A store that answers on its port until it is stopped. */
export type RunningEventStore = {
  readonly port: number;
  /** Whether it writes at present; it reads in any case. */
  readonly writing: Writing;
  readonly stop: () => Promise<void>;
};

/** How long clients may take over their last answers once the store is stopping. */
const GOODBYE_MS = 1_500;

/** Takes the directory, opens the log and listens. */
export async function startEventStore({ dir, port }: Settings): Promise<RunningEventStore> {
  mkdirSync(dir, { recursive: true });
  const lock = lockDirectory(dir);
  const log = namingFile(fileIn(dir), () => new Log(openDatabase(dir)));
  const recent = new RecentEvents(log.lastPosition);
  const writer = new Writer(log, recent, (line) => process.stderr.write(`embedded event store: ${line}\n`));
  writer.open();
  const visible = new VisibleLog(log);
  const groups = new Groups({ log: visible, recent, writer });
  const calls = new LiveCalls();
  const server = createServer({ log: visible, recent, writer, groups }, calls);
  const bound = await listen(server, port);
  return {
    port: bound,
    get writing() {
      return writer.state;
    },
    stop: async () => {
      groups.close();
      writer.close();
      calls.endAll();
      await shutDown(server);
      log.close();
      lock.close();
    },
  };
}

/** Waits for the last answers to be sent, but not for ever. */
async function shutDown(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const patience = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, GOODBYE_MS);
    server.tryShutdown(() => {
      clearTimeout(patience);
      resolve();
    });
  });
}
