import { DirectoryInUse } from './infrastructure/read-model/directory-lock.js';
import { InvalidSettings } from './settings.js';
import { EmbeddedEventStoreFailed } from './supervisor.js';

/** What an operator can mend gets one line; everything else is ours, and gets its stack. */
export function explain(error: unknown): string {
  if (error instanceof InvalidSettings || error instanceof EmbeddedEventStoreFailed || error instanceof DirectoryInUse)
    return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `port ${process.env.PORT ?? '3000'} is in use; set PORT to another, or 0 for any free one`;
  if (error instanceof Error && 'code' in error && error.code === 'event-store-unavailable') return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
