import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Kysely } from 'kysely';
import { pino } from 'pino';
import { connectEventStore } from './infrastructure/event-store/event-store-db.js';
import { DirectoryInUse, lockDirectory } from './infrastructure/read-model/directory-lock.js';
import { openSqlite } from './infrastructure/read-model/sqlite.js';
import type { AnyTables } from './infrastructure/read-model/sql-read-model.js';
import { ensureInitialAdmin } from './initial-admin.js';
import { announce } from './announce.js';
import { type Service, startService } from './service.js';
import { secretOf } from './secret.js';
import { InvalidSettings, printable, readSettings, type Settings } from './settings.js';
import { stopService } from './stop-service.js';
import { EmbeddedEventStoreFailed, EmbeddedEventStoreProcess } from './supervisor.js';
import { eventCatalogue, upcasters } from './users/domain/event-catalogue.js';

const EVENT_STORE_WITHIN_MS = 60_000;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = pino({ level: settings.logLevel });
  log.info(printable(settings), 'settings');
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(settings.dataDir);
  const embedded = settings.eventStoreUrl === undefined ? await startEmbedded(settings, log) : undefined;
  const url = settings.eventStoreUrl ?? embedded?.url ?? '';
  const eventStore = connectEventStore({ url, catalogue: eventCatalogue, upcasters, logger: log });
  await eventStore.ready(EVENT_STORE_WITHIN_MS);
  const file = join(settings.dataDir, 'read-model.sqlite');
  const writing = openSqlite(file) as Kysely<AnyTables>;
  const reading = openSqlite(file) as Kysely<AnyTables>;
  const service = await startService({ eventStore, writing, reading, log, secret: secretOf(settings.dataDir) });
  onSignals(async () => {
    await stopService(service, log);
    await eventStore.close();
    await writing.destroy();
    await reading.destroy();
    await embedded?.stop();
    lock.release();
  }, log);
  // Not through Nest, which would add lines of its own to the one that says why a port cannot be had.
  await service.fastify.listen({ port: settings.port, host: settings.host });
  const baseUrl = addressOf(service, settings.host);
  const addresses = { base_url: baseUrl, eventstore_url: url };
  announce(baseUrl, await ensureInitialAdmin(settings, addresses, service.commands, service.rows));
}

const startEmbedded = (settings: Settings, log: pino.Logger) =>
  EmbeddedEventStoreProcess.start(join(settings.dataDir, 'eventstore'), settings.embeddedEventStorePort, log);

function addressOf(service: Service, host: string): string {
  const { port } = service.app.getHttpServer().address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The first signal lets what is under way finish; the second does not wait. */
function onSignals(stop: () => Promise<void>, log: pino.Logger): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info({ signal }, 'stopping');
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ fault: String(error) }, 'stopping failed');
          process.exit(1);
        },
      );
    });
}

/** What an operator can mend gets one line; everything else is ours, and gets its stack. */
function explain(error: unknown): string {
  if (error instanceof InvalidSettings || error instanceof EmbeddedEventStoreFailed || error instanceof DirectoryInUse)
    return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `port ${process.env.PORT ?? '3000'} is in use; set PORT to another, or 0 for any free one`;
  if (error instanceof Error && 'code' in error && error.code === 'event-store-unavailable') return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`user-ledger: ${explain(error)}\n`);
  process.exit(1);
});
