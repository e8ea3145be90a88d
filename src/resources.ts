import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Resources } from './app.module.js';
import { connectEventStore } from './infrastructure/event-store/event-store-db.js';
import { lockDirectory } from './infrastructure/read-model/directory-lock.js';
import type { AnyTables } from './infrastructure/read-model/sql-read-model.js';
import { openSqlite } from './infrastructure/read-model/sqlite.js';
import { openThreadedSqlite } from './infrastructure/read-model/threaded-sqlite.js';
import { secretOf } from './secret.js';
import type { Settings } from './settings.js';
import { EmbeddedEventStoreProcess } from './supervisor.js';
import { eventCatalogue, upcasters } from './users/domain/event-catalogue.js';

const EVENT_STORE_WITHIN_MS = 60_000;

/** What is open: the event store, embedded where no address is set, and the read model. */
export type Opened = Readonly<{ resources: Resources; eventStoreUrl: string; close: () => Promise<void> }>;

/**
 * Takes the data directory for this process alone, and opens everything in it and around it.
 *
 * @throws DirectoryInUse | EmbeddedEventStoreFailed | EventStoreUnavailable
 */
export async function openResources(settings: Settings, log: Logger): Promise<Opened> {
  const { dataDir } = settings;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(dataDir);
  const embedded =
    settings.eventStoreUrl === undefined
      ? await EmbeddedEventStoreProcess.start(join(dataDir, 'eventstore'), settings.embeddedEventStorePort, log)
      : undefined;
  const eventStoreUrl = settings.eventStoreUrl ?? embedded?.url ?? '';
  const eventStore = connectEventStore({ url: eventStoreUrl, catalogue: eventCatalogue, upcasters, logger: log });
  await eventStore.ready(EVENT_STORE_WITHIN_MS);
  const file = join(dataDir, 'read-model.sqlite');
  const { db, statements } = openThreadedSqlite(file);
  const writing = db as Kysely<AnyTables>;
  const reading = openSqlite(file, 'reading') as Kysely<AnyTables>;
  return {
    resources: {
      eventStore,
      consumerGroups: eventStore.consumerGroups,
      writing,
      statements,
      reading,
      log,
      secret: secretOf(dataDir),
      invitationTtlMs: settings.invitationTtlMs,
    },
    eventStoreUrl,
    async close() {
      await eventStore.close();
      await writing.destroy();
      await statements.close();
      await reading.destroy();
      await embedded?.stop();
      lock.release();
    },
  };
}
