import { complain, exitCodeOf } from '../command-line.js';
import { errorText } from '../error-text.js';
import { startEventStore } from '../event-store.js';
import type { RunningEventStore } from '../event-store.js';
import { readSettings, USAGE } from '../settings.js';
import type { Settings } from '../settings.js';

export const summary = 'runs the node until it is told to stop';

/** Runs the node; resolves to the exit code once a signal has stopped it, or once it is known that it cannot run. */
export async function run(args: string[]): Promise<number> {
  try {
    const settings = readSettings(args, process.env);
    if (settings) await serve(settings);
    else process.stdout.write(USAGE);
    return 0;
  } catch (error) {
    // A parent says it in its own words.
    if (!process.connected) return complain(error);
    await tellParent({ type: 'failed', reason: errorText(error).message });
    return exitCodeOf(error);
  }
}

async function serve(settings: Settings): Promise<void> {
  const stopRequested = untilStopRequested();
  const store = await startEventStore(settings);
  process.stdout.write(readyText(settings, store));
  await tellParent({ type: 'ready', port: store.port });
  await stopRequested;
  await store.stop();
}

function readyText({ json, host, dir, tls, user }: Settings, { port }: RunningEventStore): string {
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const url = `esdb://${at}?tls=${tls !== undefined}`;
  const ready = { type: 'ready', host, port, url, tls: tls !== undefined, user: user?.name ?? null, dir: dir ?? null };
  if (json) return `${JSON.stringify({ ...ready, pid: process.pid })}\n`;
  return `embedded event store listening on ${at}\nconnect with ${url}\n`;
}

/** A parent that forked this process and is gone leaves nobody to stop it later, so that counts as a request. */
async function untilStopRequested(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
    // The parent may be gone before this line is reached; `send` then still tells that there was one.
    if (process.connected) process.once('disconnect', resolve);
    else if (process.send) resolve();
  });
}

/** Resolves whether or not there is a parent that listens. */
async function tellParent(message: unknown): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.send && process.connected) {
      process.send(message, () => {
        resolve();
      });
    } else {
      resolve();
    }
  });
}
