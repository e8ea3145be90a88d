import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { ensureInitialAdmin } from './initial-admin.js';
import { announce } from './announce.js';
import { Ending } from './ending.js';
import { InvitationMailing } from './invitation-mails.js';
import { openTraces } from './observability/traces.js';
import { openResources } from './resources.js';
import { type Service, startService } from './service.js';
import { printable } from './printable.js';
import { readSettings } from './settings.js';
import { stopService } from './stop-service.js';
import { explain } from './explain.js';

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = pino({ level: settings.logLevel });
  const ending = new Ending(log);
  log.info(printable(settings), 'settings');
  const { resources, eventStoreUrl, close } = await openResources(settings, log);
  const traces = await openTraces(process.env, log.warn.bind(log));
  const debug = log.isLevelEnabled('debug') ? log : undefined;
  const service = await startService(resources, settings, { traces, debug });
  const mails = new InvitationMailing(service, resources, settings);
  const waiting = 'Invitations that this process has yet to mail';
  service.metrics.gauge('invitation_mails_waiting', waiting, () => mails.waiting);
  ending.by(async () => {
    await stopService(service, mails, log);
    await traces.close();
    await close();
  });
  // Not through Nest, which would add lines of its own to the one that says why a port cannot be had.
  await service.fastify.listen({ port: settings.port, host: settings.host });
  const baseUrl = addressOf(service, settings.host);
  const addresses = { base_url: baseUrl, eventstore_url: eventStoreUrl };
  const { commands, rows, projector } = service;
  announce(baseUrl, await ensureInitialAdmin(settings, addresses, commands, rows, projector));
  mails.start(settings.publicUrl ?? baseUrl);
}

function addressOf(service: Service, host: string): string {
  const { port } = service.app.getHttpServer().address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`user-ledger: ${explain(error)}\n`);
  process.exit(1);
});
