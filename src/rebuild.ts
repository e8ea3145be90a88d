import type { Logger } from 'pino';
import { ReadModelInUse } from './infrastructure/read-model/postgres-lease.js';
import { forget } from './infrastructure/read-model/sql-read-model.js';
import { PROJECTING } from './postgres-read-model.js';
import { type ProgressOutput, showProgress } from './progress.js';
import type { OpenReadModel } from './read-model.js';
import { openResources } from './resources.js';
import type { Settings } from './settings.js';

export type Rebuilt = Readonly<{ events: number; seconds: number; events_per_second: number }>;

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
    const head = Number((await resources.eventStore.head()) ?? 0n);
    // The last events of the log may be none of the read model's.
    const part = (): number =>
      head === 0 || projector.state === 'live' ? 1 : Math.min(1, Number(projector.position) / head);
    const done = showProgress('rebuilding', () => ({ part: part(), events: projector.told }), output);
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
