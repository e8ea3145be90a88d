import type { EventStoreDBClient } from '@eventstore/db-client';
import { closeChannel, openClient } from './client.js';
import type { Log as Logger } from '../../event-sourcing/log.js';

/** The client for whatever does not append: on a connection of its own, neither can hold up the other. */
export class ReadConnection {
  private current: EventStoreDBClient | undefined;

  constructor(
    private readonly url: string,
    private readonly logger: Logger,
  ) {}

  get client(): EventStoreDBClient {
    this.current ??= openClient(this.url);
    return this.current;
  }

  /** The next call goes over a new connection; calls under way on the old one go on, for they may be well. */
  renew(client: EventStoreDBClient): void {
    if (client !== this.current) return;
    this.logger.warn({}, 'the connection for reads is replaced');
    this.close();
  }

  close(): void {
    const client = this.current;
    this.current = undefined;
    // Where there is no channel yet, opening one may fail; then there is none to close either.
    if (client) closeChannel(client).catch(() => undefined);
  }
}
