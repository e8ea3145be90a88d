import { Injectable } from '@nestjs/common';
import { EventStoreUnavailable, UnreadableEvent } from '../../event-sourcing/errors.js';
import { EventStore } from '../../event-sourcing/event-store.js';
import { NO_STREAM } from '../../event-sourcing/fact.js';
import { type AnyProjection, project, type Stored, type Table } from '../../event-sourcing/projection.js';
import { type ApiKeyView, apiKeyView } from '../projections/api-key-view.projection.js';
import { type UserView, userView } from '../projections/user-view.projection.js';

/** A key, and whose it is. */
export type KeyAndOwner = Readonly<{ key: Stored<ApiKeyView>; owner: Stored<UserView> | undefined }>;

/** How long a caller waits for the log before the read model is asked instead. */
const WITHIN_MS = 2_000;
/** A store that was silent is left alone for so long: not every caller is to find out anew. */
const LEFT_ALONE_MS = 2_000;

/** Keys and their owners by the log's own word: as they were known, and what their streams have told since. */
@Injectable()
export class KeysInLog {
  private silentUntil = -Infinity;

  constructor(private readonly events: EventStore) {}

  /** @throws EventStoreUnavailable soon; at once where the store has just been silent */
  async now({ key, owner }: KeyAndOwner): Promise<KeyAndOwner> {
    if (performance.now() < this.silentUntil) throw new EventStoreUnavailable('the event store was silent just now');
    const read = Promise.all([
      this.since(apiKeyView, `apikey-${key.apiKeyId}`, key).then((row) => row ?? key),
      this.since(userView, `user-${key.userId}`, owner),
    ]);
    try {
      const [newestKey, newestOwner] = await inTime(read);
      return { key: newestKey, owner: newestOwner };
    } catch (error) {
      if (error instanceof EventStoreUnavailable) this.silentUntil = performance.now() + LEFT_ALONE_MS;
      throw error;
    }
  }

  /** A row as the events after it leave it, up to one that cannot be read, of which a person has to judge. */
  private async since<Row extends ApiKeyView | UserView>(
    projection: Table<Row> & Pick<AnyProjection, 'on'>,
    stream: string,
    told: Stored<Row> | undefined,
  ): Promise<Stored<Row> | undefined> {
    let row = told;
    try {
      for await (const event of this.events.read(stream, (told?.revision ?? NO_STREAM) + 1n))
        row = project<Row>(projection, row, event) ?? row;
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
    }
    return row;
  }
}

async function inTime<T>(read: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new EventStoreUnavailable('the event store does not answer in time'));
    }, WITHIN_MS);
  });
  try {
    return await Promise.race([read, late]);
  } finally {
    clearTimeout(timer);
    read.catch(() => undefined);
  }
}
