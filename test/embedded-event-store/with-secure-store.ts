import type { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll } from '@jest/globals';
import { makeCertificate } from '../support/certificate.js';
import type { Certificate } from '../support/certificate.js';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';
import { connect } from './either-client.js';
import type { Scheme } from './either-client.js';

export const USER = 'ada';
export const PASSWORD = 'open-sesame';

export type Address = { readonly hosts?: string; readonly discover?: string; readonly options?: string };

/** A store with TLS and one user; whatever `connectAs` makes is disposed of at the end. */
export function withSecureStore() {
  const context = {} as { store: EmbeddedEventStore; certificate: Certificate };
  const clients: EventStoreDBClient[] = [];
  beforeAll(async () => {
    context.certificate = await makeCertificate();
    const { cert, key } = context.certificate;
    const more = ['--tls-cert', cert, '--tls-key', key, '--user', USER, '--password', PASSWORD];
    context.store = await startEmbeddedEventStore({ more });
  });
  afterAll(async () => {
    for (const client of clients) await client.dispose();
    await context.store.stop();
    context.certificate.remove();
  });
  /** As `[user, password]`, or as nobody. */
  const connectAs = async (
    scheme: Scheme,
    who: readonly string[],
    address: Address = {},
  ): Promise<EventStoreDBClient> => {
    const { hosts = `localhost:${context.store.port}`, discover = '', options = '' } = address;
    const user = who.length === 0 ? '' : `${who.map(encodeURIComponent).join(':')}@`;
    const file = encodeURIComponent(context.certificate.cert);
    const client = await connect(scheme, `${scheme}${discover}://${user}${hosts}?tls=true&tlsCAFile=${file}${options}`);
    clients.push(client);
    return client;
  };
  return Object.assign(context, { connectAs });
}
