import type { ServerResponse } from 'node:http';
import type { Log } from './event-sourcing/log.js';
import { inTime } from './in-time.js';
import type { InvitationMailing } from './invitation-mails.js';
import type { Service } from './service.js';

/** How long requests and a letter under way may take to finish; what is then still open is cut. */
const DRAIN_MS = 5_000;
/** How long the batch being told may take; what is not committed then is told again. */
const REST_MS = 3_000;
const SWEEP_MS = 25;

/**
 * Lets requests and a letter under way finish, and meanwhile takes no more of either; then stops telling the read model, for
 * which requests may wait. Nothing is waited for longer than its time.
 */
export async function stopService(service: Service, mails: Pick<InvitationMailing, 'stop'>, log: Log): Promise<void> {
  await Promise.all([finishRequests(service, log), inTime(DRAIN_MS, 'mailing', mails.stop(), log)]);
  await Promise.all([
    inTime(REST_MS, 'telling the read model', service.projector.stop(), log),
    inTime(REST_MS, 'the application', service.app.close(), log),
  ]);
}

/** Stops taking connections, and cuts what does not end: a body sent by half would hold the server open for ever. */
async function finishRequests({ app, endStreams }: Service, log: Log): Promise<void> {
  const server = app.getHttpServer();
  endStreams();
  const closed = new Promise((resolve) => server.close(resolve));
  // Closing waits for connections that are kept alive, too: whoever asks once more is told that it was the last time.
  server.prependListener('request', (_request: unknown, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, SWEEP_MS);
  const cut = setTimeout(() => {
    log.warn({}, 'requests did not finish in time; cutting them');
    server.closeAllConnections();
  }, DRAIN_MS);
  await closed;
  clearTimeout(cut);
  clearInterval(sweep);
}
