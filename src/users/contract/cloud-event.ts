import type { Meta, Recorded } from '../../event-sourcing/fact.js';
import { encodeUserId } from '../domain/public-id.js';
import type { UserEvent } from '../domain/user.events.js';
import { schemaId } from './schema-id.js';

/** One type of event as a CloudEvent. */
export type CloudEventOf<E extends UserEvent> = Readonly<{
  specversion: '1.0';
  id: string;
  /** Ids are unique within it, as they are everywhere. */
  source: `urn:user-ledger:account:${string}`;
  type: E['type'];
  /** The user's id as the HTTP API gives it. */
  subject: string;
  /** RFC 3339, UTC, milliseconds. */
  time: string;
  datacontenttype: 'application/json';
  dataschema: string;
  /** The position in the log: 20 digits, so that text compares as the numbers do. */
  sequence: string;
  traceparent?: string;
  data: E['data'];
}>;

/** A user event as a CloudEvents 1.0 document; its `type` tells what its `data` is. */
export type UserCloudEvent = {
  [T in UserEvent['type']]: CloudEventOf<Extract<UserEvent, { type: T }>>;
}[UserEvent['type']];

/** Digits of the greatest 64-bit position. */
export const SEQUENCE_DIGITS = 20;

/** What a CloudEvent is made of. */
type CloudEventSource<E extends UserEvent> = E &
  Pick<Recorded, 'id' | 'position'> &
  Readonly<{ meta: Pick<Meta, 'accountId' | 'occurredAt' | 'schemaVersion' | 'traceparent'> }>;

/** A stored user event as a CloudEvents 1.0 document in JSON. */
export function cloudEvent<E extends UserEvent>({
  id,
  type,
  data,
  position,
  meta,
}: CloudEventSource<E>): CloudEventOf<E> {
  return {
    specversion: '1.0',
    id,
    source: `urn:user-ledger:account:${meta.accountId}`,
    type,
    subject: encodeUserId(data.userId),
    time: meta.occurredAt,
    datacontenttype: 'application/json',
    dataschema: schemaId(type, meta.schemaVersion),
    sequence: position.toString().padStart(SEQUENCE_DIGITS, '0'),
    ...(meta.traceparent !== undefined && { traceparent: meta.traceparent }),
    data,
  };
}
