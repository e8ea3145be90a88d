import type { EventStore } from './event-sourcing/event-store.js';
import type { Log } from './event-sourcing/log.js';
import type { Checkpoint } from './event-sourcing/read-model.js';
import { NOTHING_TOLD, type Tally, tallied } from './event-sourcing/tally.js';
import { type ProgressOutput, showProgress } from './progress.js';
import { toldUpTo } from './projections.js';
import type { Settings } from './settings.js';
import { readModel } from './users/users.module.js';

/** The read model was told other events than the log has: one too few or too many, or of another log. */
export class NotAsTold extends Error {}

/** The position up to which the log was read, and how many of its events the read model is of. */
export type Verified = Readonly<{ position: string; events: number }>;

/**
 * Holds the events that the read model says it was told against those of the log, up to its checkpoint. The service may be
 * running.
 *
 * @throws NotAsTold | DatabaseUnavailable | EventStoreUnavailable; UnreadableEvent
 */
export async function verify(
  settings: Settings,
  events: EventStore,
  log: Log,
  output: ProgressOutput,
): Promise<Verified> {
  const told = await toldUpTo(settings, log);
  if (!told) throw new NotAsTold('the read model is not told in this shape yet: there is nothing to verify');
  await events.head(); // a subscription waits for a store that is gone, for ever
  const logged = await tallyOf(events, told, output);
  if (logged.events !== told.events || logged.chain !== told.chain)
    throw new NotAsTold(
      `up to position ${told.position} the log has ${logged.events} events for the read model, which was told ` +
        `${told.events}${logged.events === told.events ? ', but not the same' : ''}: tell it anew (projections rebuild)`,
    );
  return { position: told.position.toString(), events: told.events };
}

/** What would have been told up to there. */
async function tallyOf(events: EventStore, { position: end }: Checkpoint, output: ProgressOutput): Promise<Tally> {
  let tally = NOTHING_TOLD;
  let at = 0n;
  const part = (): number => (end === 0n ? 1 : Number(at) / Number(end));
  const done = showProgress('verifying', () => ({ part: part(), events: tally.events }), output);
  const ended = new AbortController();
  try {
    for await (const delivery of events.subscribe(readModel.streams, undefined, ended.signal)) {
      const upTo = delivery.events.filter(({ position }) => position <= end);
      tally = tallied(tally, upTo);
      at = upTo.at(-1)?.position ?? at;
      if (delivery.caughtUp || (delivery.position ?? 0n) >= end) break;
    }
    at = end;
  } finally {
    ended.abort();
    done();
  }
  return tally;
}
