import { SEQUENCE_DIGITS } from './cloud-event.js';
import type { PublishedType } from './data-schemas.js';
import { type ObjectSchema, MAY_GAIN_FIELDS } from './json-schema.js';

const text = { type: 'string' } as const;

/** The schema of an event type as a CloudEvent. `data` points at the schema of its data. */
export const cloudEventSchema = ({ type, says, schema }: PublishedType, data: string): ObjectSchema => ({
  title: `${type} as a CloudEvent`,
  description: `${says} ${MAY_GAIN_FIELDS}`,
  type: 'object',
  properties: {
    specversion: { ...text, const: '1.0' },
    id: { ...text, format: 'uuid' },
    source: { ...text, pattern: '^urn:user-ledger:account:.+$' },
    type: { ...text, const: type },
    subject: { ...text, description: "The user's id as the HTTP API gives it: base64 of User:<ULID>." },
    time: { ...text, format: 'date-time' },
    datacontenttype: { ...text, const: 'application/json' },
    dataschema: { ...text, const: schema.$id },
    sequence: {
      ...text,
      pattern: `^[0-9]{${SEQUENCE_DIGITS}}$`,
      description: 'The position in the log. Text compares as the positions do.',
    },
    traceparent: { ...text, description: 'W3C trace context, where there was one.' },
    data: { $ref: data },
  },
  required: [
    ...['specversion', 'id', 'source', 'type', 'subject', 'time'],
    ...['datacontenttype', 'dataschema', 'sequence', 'data'],
  ],
  additionalProperties: true,
});
