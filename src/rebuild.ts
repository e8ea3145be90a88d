import type { Logger } from 'pino';
import type { EventStore } from './event-sourcing/event-store.js';
import type { Projecting } from './infrastructure/projector/projecting.js';
import { ReadModelInUse } from './infrastructure/read-model/postgres-lease.js';
import { forget } from './infrastructure/read-model/sql-read-model.js';
import { PROJECTING } from './postgres-read-model.js';
import type { OpenReadModel } from './read-model.js';
import { openResources } from './resources.js';
import type { Settings } from './settings.js';

export type Rebuilt = Readonly<{ events: number; seconds: number; events_per_second: number }>;

/** Where progress goes: a bar on a terminal, plain lines elsewhere. */
export type ProgressOutput = Readonly<{ isTTY?: boolean; write: (text: string) => unknown }>;

const ON_TERMINAL_MS = 200;
const ELSEWHERE_MS = 5_000;
const BAR = 40;

/**
 * Tells an emptied read model all of history. Interrupted, it is taken up where it was by the next start of the service.
 *
 * @throws ReadModelInUse; Error at an event that cannot be told, and what {@link openResources} throws
 */
export async function rebuild(settings: Settings, log: Logger, output: ProgressOutput): Promise<Rebuilt> {
  const { resources, close } = await openResources(settings, log);
  try {
    await forgetAll(resources.readModel);
    const projector = resources.readModel.projecting(resources.eventStore);
    const began = performance.now();
    const done = await showProgress(projector, resources.eventStore, output);
    await projector.start();
    done();
    const seconds = (performance.now() - began) / 1000;
    if (projector.state === 'stopped') throw new Error(`the rebuild has stopped: ${projector.fault ?? ''}`);
    await projector.stop();
    return { events: projector.told, seconds, events_per_second: Math.round(projector.told / seconds) };
  } finally {
    await close();
  }
}

/** Nobody may be telling it meanwhile: the directory is ours by now, and a database that others share has a lease. */
async function forgetAll({ shared, writing }: OpenReadModel): Promise<void> {
  const lease = shared?.lease(PROJECTING);
  if (lease && (await lease.hold('catching up')) === undefined)
    throw new ReadModelInUse('an instance of the service tells this read model: stop every instance first');
  await forget(writing);
  await lease?.release();
}

/** Shows how far along the log the projector has come; the function returned ends that. */
async function showProgress(
  projector: Projecting,
  eventStore: EventStore,
  output: ProgressOutput,
): Promise<() => void> {
  const head = Number((await eventStore.head()) ?? 0n);
  const terminal = output.isTTY === true;
  const show = (): void => {
    // The last events of the log may be none of the read model's.
    const part = head === 0 || projector.state === 'live' ? 1 : Math.min(1, Number(projector.position) / head);
    const done = Math.floor(part * BAR);
    const percent = `${Math.floor(part * 100)} %, ${projector.told} events`;
    output.write(terminal ? `\r[${'#'.repeat(done)}${'.'.repeat(BAR - done)}] ${percent}` : `rebuilding: ${percent}\n`);
  };
  show();
  const timer = setInterval(show, terminal ? ON_TERMINAL_MS : ELSEWHERE_MS);
  return () => {
    clearInterval(timer);
    show();
    if (terminal) output.write('\n');
  };
}
