import type { JSONEventData, JSONType } from '@eventstore/db-client';
import { EventTooLarge } from '../../event-sourcing/errors.js';
import type { NewEvent } from '../../event-sourcing/event-store.js';
import { metaFault } from './meta-check.js';
import { isObject, type Schema } from './schemas.js';

/** Events ready for the client, and how many bytes the store will count for them. */
export type Encoded = Readonly<{ events: JSONEventData[]; bytes: number }>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const utf8 = new TextEncoder();

/**
 * Turns events into what the client takes. Everything that could fail there fails here: the client serialises inside
 * an async executor, where a cycle or a bigint would leave the append unsettled and end the process.
 */
export class Encoder {
  constructor(
    private readonly schemas: ReadonlyMap<string, Schema>,
    private readonly mostBytes: number,
  ) {}

  /**
   * @throws EventTooLarge
   * @throws TypeError for an event that is not what the catalogue says: it could never be read again
   */
  encode(events: readonly NewEvent[]): Encoded {
    const encoded: JSONEventData[] = [];
    let bytes = 0;
    for (const event of events) {
      this.check(event);
      // Bytes, for the client takes those as they are; text it would serialise and encode again.
      const metadata = utf8.encode(JSON.stringify(event.meta));
      bytes += Buffer.byteLength(JSON.stringify(event.data)) + metadata.length + 2 * event.type.length;
      const data = event.data as JSONType;
      encoded.push({ id: event.id, contentType: 'application/json', type: event.type, data, metadata });
    }
    if (bytes > this.mostBytes)
      throw new EventTooLarge(`an append of ${bytes} bytes is over the limit of ${this.mostBytes}`);
    return { events: encoded, bytes };
  }

  private check({ type, id, data, meta }: NewEvent): void {
    const schema = this.schemas.get(type);
    if (!schema) throw new TypeError(`event type ${type} is not in the catalogue`);
    if (!uuid.test(id)) throw new TypeError(`an event of type ${type} has no UUID as its id`);
    if (meta.schemaVersion !== schema.version) throw new TypeError(`${type} is written as version ${schema.version}`);
    if (!isObject(data)) throw new TypeError(`the data of ${type} is no object`);
    const fault = schema.fault(data) ?? metaFault(meta);
    if (fault) throw new TypeError(`an event of type ${type} cannot be stored: ${fault}`);
  }
}
