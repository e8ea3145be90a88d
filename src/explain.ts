import { DirectoryInUse } from './infrastructure/read-model/directory-lock.js';
import { ReadModelInUse } from './infrastructure/read-model/postgres-lease.js';
import { AnotherSecret } from './infrastructure/read-model/postgres-secret.js';
import { VersionKept } from './infrastructure/read-model/postgres-versions.js';
import { DatabaseUnavailable } from './infrastructure/read-model/postgres-ready.js';
import { UnusableSecret } from './secret.js';
import { InvalidSettings } from './settings.js';
import { EmbeddedEventStoreFailed } from './supervisor.js';

const MENDABLE = [
  InvalidSettings,
  UnusableSecret,
  EmbeddedEventStoreFailed,
  DirectoryInUse,
  DatabaseUnavailable,
  AnotherSecret,
  ReadModelInUse,
  VersionKept,
];

/** What an operator can mend gets one line; everything else is ours, and gets its stack. */
export function explain(error: unknown): string {
  if (MENDABLE.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error)
    return `port ${String(error.port)} is in use; set PORT to another, or 0 for any free one`;
  if (error instanceof Error && 'code' in error && error.code === 'event-store-unavailable') return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
