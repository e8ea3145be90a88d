import type { Log } from './event-sourcing/log.js';

/** Resolves when the work is over, however it ended, or after so many milliseconds: then it is said, and left as it is. */
export async function inTime(ms: number, what: string, work: Promise<unknown>, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn({ after_s: ms / 1000 }, `${what} does not end in time, and is left as it is`);
      resolve();
    }, ms);
  });
  const over = work.catch((error: unknown) => {
    log.warn({ fault: String(error) }, `${what} ended with a fault`);
  });
  await Promise.race([over, late]);
  clearTimeout(timer);
}
