import { errorText } from './error-text.js';
import { startEventStore } from './event-store.js';
import { readSettings, USAGE } from './settings.js';
import type { Settings } from './settings.js';

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings) await run(settings);
  else process.stdout.write(USAGE);
} catch (error) {
  const reason = errorText(error).message;
  // A parent says it in its own words.
  if (!process.connected) process.stderr.write(`embedded event store: ${reason}\n`);
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
    // The parent may be gone before this line is reached; `send` then still tells that there was one.
    if (process.connected) process.once('disconnect', resolve);
    else if (process.send) resolve();
  });
}

/** The callback comes whether or not there is a parent that listens. */
function tellParent(message: unknown, done: () => void = () => undefined): void {
  if (process.send && process.connected) process.send(message, done);
  else done();
}
