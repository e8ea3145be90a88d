import type { Upcasters } from '../../event-sourcing/catalogue.js';
import { UnreadableEvent } from '../../event-sourcing/errors.js';
import type { Meta, Recorded } from '../../event-sourcing/fact.js';
import { metaFault } from './meta-check.js';
import { isObject, type Schema } from './schemas.js';
import { upcast } from './upcast.js';

/** An event as the client hands it over. What was stored may be anything: broken JSON arrives as text or bytes. */
export type StoredEvent = Readonly<{
  streamId: string;
  id: string;
  revision: bigint;
  type: string;
  data: unknown;
  metadata?: unknown;
  position?: Readonly<{ commit: bigint }>;
  /** When the store took it, by its own clock. */
  created?: Date;
}>;

// How the server says that it does not know: the highest 64-bit number.
const unknownPosition = 0xffff_ffff_ffff_ffffn;

/** Stored events to today's facts, one after the other, as fast as may be. */
export class Decoder {
  constructor(
    private readonly schemas: ReadonlyMap<string, Schema>,
    private readonly upcasters: Upcasters,
  ) {}

  /** @throws UnreadableEvent */
  decode(stored: StoredEvent): Recorded {
    const { type, streamId, revision, id } = stored;
    const position = positionOf(stored);
    if (position === undefined) throw unreadable(stored, 'its position is unknown');
    const schema = this.schemas.get(type);
    if (!schema) throw unreadable(stored, `its type ${type.slice(0, 64)} is unknown`);
    const data = stored.data;
    if (!isObject(data)) throw unreadable(stored, 'its data is no JSON object');
    const fault = metaFault(stored.metadata);
    if (fault) throw unreadable(stored, fault);
    const meta = stored.metadata as Meta;
    const current =
      meta.schemaVersion === schema.version
        ? { data, meta }
        : { data: this.raise(stored, schema, meta, data), meta: { ...meta, schemaVersion: schema.version } };
    const dataFault = schema.fault(current.data);
    if (dataFault) throw unreadable(stored, dataFault);
    return { type, data: current.data, id, stream: streamId, revision, position, meta: current.meta };
  }

  private raise(
    stored: StoredEvent,
    schema: Schema,
    { schemaVersion }: Meta,
    data: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> {
    if (schemaVersion > schema.version || schemaVersion < 1)
      throw unreadable(stored, `its version ${schemaVersion} is unknown, the newest known is ${schema.version}`);
    try {
      return upcast(this.upcasters, stored.type, schemaVersion, schema.version, data);
    } catch (error) {
      throw unreadable(stored, (error as Error).message);
    }
  }
}

/** Where an event stands in the log. Commit and prepare position are one for whatever was written over gRPC. */
export function positionOf(stored: StoredEvent): bigint | undefined {
  const commit = stored.position?.commit;
  return commit === unknownPosition ? undefined : commit;
}

function unreadable(stored: StoredEvent, reason: string): UnreadableEvent {
  return new UnreadableEvent(stored.streamId, stored.revision, positionOf(stored), reason);
}
