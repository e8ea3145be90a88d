import type { Log } from './event-sourcing/log.js';
import type { Service } from './service.js';

/** How long requests under way may take to finish; what is then still open is cut. */
const DRAIN_MS = 5_000;

/**
 * Stops taking connections, lets requests under way finish, cuts what does not end (a body sent by half would hold the
 * server open for ever), then stops the projector.
 */
export async function stopService({ app, projector }: Service, log: Log): Promise<void> {
  const server = app.getHttpServer();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const cut = setTimeout(() => {
    log.warn({}, 'requests did not finish in time; cutting them');
    server.closeAllConnections();
  }, DRAIN_MS);
  await closed;
  clearTimeout(cut);
  await projector.stop();
  await app.close();
}
