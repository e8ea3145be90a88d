import type { ServerResponse } from 'node:http';
import type { Log } from './event-sourcing/log.js';
import type { Service } from './service.js';

/** How long requests under way may take to finish; what is then still open is cut. */
const DRAIN_MS = 5_000;
const SWEEP_MS = 25;

/**
 * Stops taking connections, lets requests under way finish, cuts what does not end (a body sent by half would hold the
 * server open for ever), then stops the projector.
 */
export async function stopService({ app, projector, endStreams }: Service, log: Log): Promise<void> {
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
  await projector.stop();
  await app.close();
}
