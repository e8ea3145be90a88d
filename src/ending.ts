import type { Logger } from 'pino';

/** Less than what Compose and other supervisors wait for before they kill. */
const WITHIN_MS = 15_000;

/**
 * How the process ends: by a signal, or by a fault that nobody has caught, after which nothing in it is to be relied on. Both
 * let what is under way finish, in bounded time; a second signal does not wait.
 */
export class Ending {
  private stop: () => Promise<void> = () => Promise.resolve();
  private begun = false;

  constructor(private readonly log: Logger) {
    process.on('uncaughtException', (error: unknown, origin) => {
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.fatal({ fault, origin }, 'a fault that nobody has caught; ending');
      this.end(1);
    });
  }

  /** From now on signals are heeded, and an end, for whatever reason, is one that calls `stop`. */
  by(stop: () => Promise<void>): void {
    this.stop = stop;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (this.begun) process.exit(1);
        this.log.info({ signal }, 'stopping');
        this.end(0);
      });
  }

  private end(code: number): void {
    if (this.begun) return;
    this.begun = true;
    const late = setTimeout(() => {
      this.log.error({ after_s: WITHIN_MS / 1000 }, 'not all has stopped in time; ending as it is');
      process.exit(1);
    }, WITHIN_MS);
    this.stop().then(
      () => {
        clearTimeout(late);
        process.exit(code);
      },
      (error: unknown) => {
        this.log.error({ fault: String(error) }, 'stopping failed');
        process.exit(1);
      },
    );
  }
}
