// @ts-check
// Keeps a table of who has the developer permission, in a database of its own.
import { EventStoreDBClient } from '@eventstore/db-client';
import { Developers } from './developers.mjs';
import { follow } from './follow.mjs';
import { readSettings } from './settings.mjs';

/** @import { AllStreamRecordedEvent } from '@eventstore/db-client' */
/** @import { Meta, UserEvent } from 'user-ledger/events' */

async function main() {
  const { url, database } = readSettings(process.env);
  const developers = new Developers(database);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort());
  const client = EventStoreDBClient.connectionString(url);

  /** @param {AllStreamRecordedEvent} stored */
  const tell = (stored) => {
    const { type, data, streamId, revision, position } = stored;
    // What is no JSON comes as text or bytes. Going on without it would make the table wrong for good.
    if (!stored.isJson || typeof data !== 'object') throw new Error(`event ${revision} of ${streamId} cannot be read`);
    const event = /** @type {UserEvent} */ ({ type, data });
    const { occurredAt } = /** @type {Meta} */ (stored.metadata);
    developers.tell(event, occurredAt, position.commit);
    console.log(`${position.commit} ${type} ${streamId}`);
  };

  console.log(`following users after ${developers.position ?? 'the beginning'}`);
  await follow(client, () => developers.position, tell, stopping.signal);
  developers.close();
}

main().then(
  () => process.exit(0),
  (/** @type {unknown} */ error) => {
    console.error(`catch-up-consumer: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
