import { mkdirSync } from 'node:fs';
import type { Server } from '@grpc/grpc-js';
import { fileIn, openDatabase } from './database.js';
import { lockDirectory } from './directory-lock.js';
import type { Writing } from './disk-watch.js';
import { everybodyIsAdmin, onlyAdminIs } from './listening/access.js';
import { connectionTakers } from './listening/connection-takers.js';
import { answerTo } from './listening/endpoints.js';
import { listen } from './listening/listen.js';
import { NodeDescription } from './listening/node.js';
import { handOver } from './listening/protocol.js';
import { StreamCount } from './listening/stream-count.js';
import { LiveCalls } from './live-calls.js';
import { Log } from './log.js';
import { namingFile } from './open-check.js';
import { Groups } from './persistent-subscriptions/groups.js';
import { RecentEvents } from './recent-events.js';
import { createServer } from './server.js';
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

/** Takes the directory, where there is one, opens the log and listens. */
export async function startEventStore({ dir, host, port, tls, user }: Settings): Promise<RunningEventStore> {
  if (dir !== undefined) mkdirSync(dir, { recursive: true });
  const lock = dir === undefined ? undefined : lockDirectory(dir);
  const file = dir === undefined ? 'the log in memory' : fileIn(dir);
  const log = namingFile(file, () => new Log(openDatabase(dir)));
  const recent = new RecentEvents(log.lastPosition);
  const writer = new Writer(log, recent, (line) => process.stderr.write(`embedded event store: ${line}\n`));
  writer.open();
  const visible = new VisibleLog(log);
  const groups = new Groups({ log: visible, recent, writer });
  const calls = new LiveCalls();
  const streams = new StreamCount(log);
  const counts = () => ({
    lastPosition: log.lastPosition,
    streams: streams.upTo(log.lastPosition),
    connections: listener.connections,
  });
  const node = new NodeDescription(counts, tls !== undefined);
  const listensAt = () => ({ address: host, port: listener.port });
  const server = createServer({ log: visible, recent, writer, groups }, calls, {
    instanceId: node.instanceId,
    listensAt,
    user,
  });
  const identify = user ? onlyAdminIs(user) : everybodyIsAdmin;
  const told = { node, identify, listensAt, isHealthy: () => writer.isOpen };
  const takers = connectionTakers(server, (request) => answerTo(request, told));
  const listener = await listen({ host, port, tls }, (socket) => {
    handOver(socket, takers);
  });
  return {
    port: listener.port,
    get writing() {
      return writer.state;
    },
    stop: async () => {
      listener.stopAccepting();
      groups.close();
      writer.close();
      calls.endAll();
      await shutDown(server);
      listener.closeAll();
      log.close();
      lock?.close();
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
