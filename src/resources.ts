import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Resources } from './app.module.js';
import { inTime } from './in-time.js';
import { connectEventStore } from './infrastructure/event-store/event-store-db.js';
import { lockDirectory } from './infrastructure/read-model/directory-lock.js';
import { openReadModel } from './read-model.js';
import { secretOf } from './secret.js';
import type { Settings } from './settings.js';
import { EmbeddedEventStoreProcess } from './supervisor.js';
import { eventCatalogue, upcasters } from './users/domain/event-catalogue.js';

const EVENT_STORE_WITHIN_MS = 60_000;
/** A database that does not answer may keep its connections in use. */
const CLOSE_WITHIN_MS = 2_000;

/** What is open: the event store, embedded where no address is set, and the read model. */
export type Opened = Readonly<{ resources: Resources; eventStoreUrl: string; close: () => Promise<void> }>;

/**
 * Takes the data directory for this process alone, and opens everything in it and around it.
 *
 * @throws DirectoryInUse | EmbeddedEventStoreFailed | EventStoreUnavailable | DatabaseUnavailable | AnotherSecret
 */
export async function openResources(settings: Settings, log: Logger): Promise<Opened> {
  const { dataDir } = settings;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(dataDir);
  const secret = secretOf(settings);
  const readModel = await openReadModel(settings, secret, log);
  const embedded =
    settings.eventStoreUrl === undefined
      ? await EmbeddedEventStoreProcess.start(join(dataDir, 'eventstore'), settings.embeddedEventStorePort, log)
      : undefined;
  const eventStoreUrl = settings.eventStoreUrl ?? embedded?.url ?? '';
  const eventStore = connectEventStore({ url: eventStoreUrl, catalogue: eventCatalogue, upcasters, logger: log });
  await eventStore.ready(EVENT_STORE_WITHIN_MS);
  return {
    resources: {
      eventStore,
      backlog: eventStore.backlog,
      appending: () => eventStore.appending,
      consumerGroups: eventStore.consumerGroups,
      readModel,
      log,
      dataDir,
      secret,
      invitationTtlMs: settings.invitationTtlMs,
    },
    eventStoreUrl,
    async close() {
      await eventStore.close();
      await inTime(CLOSE_WITHIN_MS, 'closing the read model', readModel.close(), log);
      await embedded?.stop();
      lock.release();
    },
  };
}
