import { setTimeout as sleep } from 'node:timers/promises';

/** Which holding of a lease it is: a later one has a larger number, and what an earlier one writes is refused. */
export type FencingToken = bigint;

/** What the holder of a lease said of itself last, and whether its time is over. */
export type LeaseNote = Readonly<{ note: string; over: boolean }>;

/**
 * What one process of several does at a time. It holds for a while, by the clock of the database; a process that was
 * paused for longer may not know that another has it, so whatever is written under it is written with its token.
 */
export abstract class Lease {
  /** For how long it holds, in milliseconds, where it is not held on to. */
  abstract readonly ms: number;
  /** Takes it, or holds on to it; undefined while another process has it. `note` is for the others to read. */
  abstract hold(note: string): Promise<FencingToken | undefined>;
  /** Undefined where nobody ever had it. */
  abstract look(): Promise<LeaseNote | undefined>;
  /** Lets go, so that the next need not wait, and leaves a note; whoever holds it next does so under another token. */
  abstract release(note?: string): Promise<void>;
}

/** Held on to so many times in the time that it holds. */
const BEATS = 6;
/** How often a lease is held on to, and asked for. */
export const beatOf = ({ ms }: Lease): number => ms / BEATS;

/** Holds on to a lease until it is lost, cannot be known to be held any more, or need not be held: then `signal` aborts. */
export async function holdOn(
  lease: Lease,
  token: FencingToken,
  note: () => string,
  signal: AbortSignal,
): Promise<void> {
  for (let held = performance.now(); !signal.aborted;) {
    const asked = performance.now();
    const now = await answerWithin(held + lease.ms - asked, lease.hold(note()), signal);
    if (now === token) held = asked;
    else if (now !== null || performance.now() - held >= lease.ms) return;
    await sleep(beatOf(lease), undefined, { signal }).catch(() => undefined);
  }
}

/** Null where there was no answer: whoever leases may be silent, and the time of a lease runs all the same. */
async function answerWithin<T>(ms: number, answer: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const answered = new AbortController();
  const either = AbortSignal.any([answered.signal, signal]);
  const late = sleep(Math.max(0, ms), null, { signal: either }).catch(() => null);
  const now = await Promise.race([answer.catch(() => null), late]);
  answered.abort();
  return now;
}
