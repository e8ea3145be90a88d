import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from './event-store.js';

/** Whether the event store answers this process: others may reach it that cannot, and the other way about. */
export const reaches = (events: Pick<EventStore, 'head'>): Promise<boolean> =>
  events.head().then(
    () => true,
    () => false,
  );

/** Resolves once the event store, asked every so often, has not answered for so long; or when told to stop. */
export async function outOfReach(
  events: Pick<EventStore, 'head'>,
  { ms, everyMs }: Readonly<{ ms: number; everyMs: number }>,
  signal: AbortSignal,
): Promise<void> {
  for (let answered = performance.now(); !signal.aborted && performance.now() - answered < ms;) {
    if (await reaches(events)) answered = performance.now();
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
