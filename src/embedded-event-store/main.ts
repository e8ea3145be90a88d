import { startEventStore } from './event-store.js';
import { readSettings, USAGE } from './settings.js';
import type { Settings } from './settings.js';

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings) await run(settings);
  else process.stdout.write(USAGE);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`embedded event store: ${reason}\n`);
  tellParent({ type: 'failed', reason }, () => process.exit(1));
}

async function run(settings: Settings): Promise<void> {
  const stopRequested = untilStopRequested();
  const store = await startEventStore(settings);
  process.stdout.write(`embedded event store listening on 127.0.0.1:${store.port}\n`);
  tellParent({ type: 'ready', port: store.port });
  await stopRequested;
  await store.stop();
  process.exit(0);
}

/** A parent that forked this process and is gone leaves nobody to stop it later, so that counts as a request. */
async function untilStopRequested(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
    if (process.channel) process.once('disconnect', resolve);
  });
}

/** The callback comes whether or not there is a parent that listens. */
function tellParent(message: unknown, done: () => void = () => undefined): void {
  if (process.send && process.connected) process.send(message, done);
  else done();
}
